"""Orders from before the clocks kept their limits are counted once by the worker."""

from django.db import migrations
from django.utils import timezone


def ask(apps, schema_editor):  # type: ignore[no-untyped-def]  # migration signature
    """Leave one job where clocks run that nobody looks at."""
    orders = apps.get_model("orders", "Order").objects
    ended = ("CLOSED", "REJECTED", "WITHDRAWN", "MERGED")
    if orders.exclude(state__in=ended).filter(mark_at__isnull=True).exists():
        jobs = apps.get_model("clocks", "Recount").objects
        jobs.create(at=timezone.now(), why="版本升级")


class Migration(migrations.Migration):
    """One job."""

    dependencies = [("orders", "0008_words"), ("clocks", "0002_seed")]
    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
