"""Absences and deputies, phones on the public sign, and how many doors one holder can look after."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


DOORS_OF_A_BUILDING_LEADER = 300


def limit_doors(apps, schema_editor):  # type: ignore[no-untyped-def]  # migration signature
    """The kind that counts doors gets the usual limit; the others get theirs by hand."""
    kinds = apps.get_model("grid", "PostKind").objects.filter(code="building_leader")
    kinds.update(door_limit=DOORS_OF_A_BUILDING_LEADER)


class Migration(migrations.Migration):

    dependencies = [
        ('grid', '0003_dated_tree'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('why', models.CharField(blank=True, max_length=200, verbose_name='reason')),
            ],
            options={
                'ordering': ('-first_day', 'pk'),
            },
        ),
        migrations.AddField(
            model_name='appointment',
            name='handed_over_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='appointment',
            name='public_phone',
            field=models.BooleanField(default=False, verbose_name='phone on the public sign'),
        ),
        migrations.AddField(
            model_name='postkind',
            name='door_limit',
            field=models.PositiveIntegerField(blank=True, help_text='More declared doors than this are a finding; empty means no limit.', null=True, verbose_name='doors one holder can look after'),
        ),
        migrations.AddIndex(
            model_name='appointment',
            index=models.Index(condition=models.Q(('ends__isnull', False), ('handed_over_at__isnull', True)), fields=['ends'], name='appointment_to_hand_over'),
        ),
        migrations.AddField(
            model_name='absence',
            name='post',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to='grid.appointment'),
        ),
        migrations.AddIndex(
            model_name='absence',
            index=models.Index(fields=['last_day', 'first_day'], name='absence_days'),
        ),
        migrations.AddConstraint(
            model_name='absence',
            constraint=models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='absence_ends_after_it_begins'),
        ),
        migrations.RunPython(limit_doors, migrations.RunPython.noop),
    ]
