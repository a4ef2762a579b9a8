"""Post kinds, the tree's version, and the working calendar as far as the State Council published it."""

from datetime import date, timedelta

import chinese_calendar
from django.db import migrations

from gridpact.grid.choices import POST_KINDS

FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
# Guangxi's own holiday 三月三 (two working days from lunar 3/3), local data: not in any package.
SAN_YUE_SAN = (
    date(2024, 4, 11),
    date(2024, 4, 12),
    date(2025, 3, 31),
    date(2025, 4, 1),
    date(2026, 4, 20),
)


def seed(apps, schema_editor):  # type: ignore[no-untyped-def]  # migration signature
    """Write the rows every installation starts with."""
    kinds = apps.get_model("grid", "PostKind")
    for sort, spec in enumerate(POST_KINDS):
        kinds.objects.create(
            code=spec.code, name=spec.name, level=str(spec.level), is_head=spec.is_head,
            rights=list(spec.rights), sort=sort,
        )  # fmt: skip
    apps.get_model("grid", "TreeVersion").objects.create(pk=1, number=1)
    days = apps.get_model("grid", "WorkDay")
    count = (LAST - FIRST).days + 1
    rows = []
    for day in (FIRST + timedelta(days=step) for step in range(count)):
        local = day in SAN_YUE_SAN
        rows.append(
            days(
                day=day,
                is_working=chinese_calendar.is_workday(day) and not local,
                note="三月三" if local else "",
            )
        )
    days.objects.bulk_create(rows)


class Migration(migrations.Migration):
    """Seed rows."""

    dependencies = [("grid", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
