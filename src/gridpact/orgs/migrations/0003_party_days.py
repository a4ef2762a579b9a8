"""What Party bodies were, by day."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from gridpact.core import clock


def begin_records(apps, schema_editor):
    """What stands today is known from today on; what it was before was not kept."""
    bodies = apps.get_model("orgs", "PartyOrg").objects.filter(is_active=True)
    version = apps.get_model("orgs", "PartyVersion")
    today = clock.today()
    version.objects.bulk_create(
        version(
            body=body, valid_from=today, name=body.name, parent_id=body.parent_id,
            cell_id=body.cell_id, secretary_id=body.secretary_id,
        )
        for body in bodies.iterator()
    )


class Migration(migrations.Migration):

    dependencies = [
        ('grid', '0005_rights_of_upper_desks'),
        ('orgs', '0002_party_bodies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PartyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(null=True, verbose_name='valid until')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='orgs.partyorg')),
                ('cell', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grid.cell')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.partyorg')),
                ('secretary', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('body__code', 'valid_from'),
                'constraints': [models.UniqueConstraint(fields=('body', 'valid_from'), name='one_party_version_per_start'), models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='party_version_ends_after_it_starts')],
            },
        ),
        migrations.RunPython(begin_records, migrations.RunPython.noop),
    ]
