"""Quiet hours, and which messages can wait for their end."""

import datetime

from django.db import migrations, models
from django.db.models import F, Q


def seed(apps, schema_editor):  # type: ignore[no-untyped-def]  # migration signature
    """The one row: a usual night, not kept until somebody switches it on."""
    apps.get_model("notify", "QuietHours").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    """Add quiet hours and `Outbox.can_wait`."""

    dependencies = [("notify", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="QuietHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_on", models.BooleanField(default=False, verbose_name="Keep quiet hours")),
                ("begins", models.TimeField(default=datetime.time(22, 0), verbose_name="Begins at")),
                ("ends", models.TimeField(default=datetime.time(7, 0), verbose_name="Ends at")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(begins=F("ends")), name="quiet_for_a_while"
                    )
                ],
            },
        ),
        migrations.AddField("outbox", "can_wait", models.BooleanField(default=False)),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
