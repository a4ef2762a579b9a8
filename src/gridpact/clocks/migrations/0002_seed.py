"""The calendar, the limits and the thresholds every installation starts with."""

from django.db import migrations

from gridpact.clocks.shipped import write_shipped


def seed(apps, schema_editor):  # type: ignore[no-untyped-def]  # migration signature
    """Write the shipped rows."""
    write_shipped(lambda name: apps.get_model("clocks", name))


class Migration(migrations.Migration):
    """Seed rows."""

    dependencies = [("clocks", "0001_calendars_and_limits")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
