"""The working days of 2015–2023, and limits by matter that a district can switch on."""

from django.db import migrations
from django.db.models import F

from gridpact.clocks.shipped import write_earlier_days, write_shipped


def seed(apps, schema_editor):  # type: ignore[no-untyped-def]  # migration signature
    """Write the shipped rows, and let every process read anew."""
    write_shipped(lambda name: apps.get_model("clocks", name))
    write_earlier_days(apps.get_model("grid", "WorkDay"))
    apps.get_model("clocks", "ClockVersion").objects.update(number=F("number") + 1)


class Migration(migrations.Migration):
    """Seed rows."""

    dependencies = [("clocks", "0002_seed"), ("grid", "0005_rights_of_upper_desks")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
