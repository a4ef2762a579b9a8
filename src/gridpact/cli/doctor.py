"""Findings about this installation: what is wrong, and what to do about it."""

from __future__ import annotations

import shutil
import stat
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateWorker

from gridpact.cli.output import show
from gridpact.clocks.tables import gaps
from gridpact.core import clock, database
from gridpact.core.cluster import DatabaseUnavailable
from gridpact.core.paths import frontend_dir
from gridpact.grid.models import WorkDay
from gridpact.routing.models import Rule
from gridpact.routing.selectors.checks import checked

OK, WARNING, ERROR = "ok", "warning", "error"
_LOW_DISK = 2 * 1024**3  # bytes
_QUIET_SECONDS = 60


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    check: str
    level: str
    text: str


def doctor(args: Namespace) -> int:
    """Print all findings; 1 when one of them is an error."""
    findings = [*_machine(), *_with_database()]
    lines = [f"{each.level:8} {each.check:12} {each.text}" for each in findings]
    bad = any(each.level == ERROR for each in findings)
    show(args, {"ok": not bad, "findings": [asdict(each) for each in findings]}, lines)
    return 1 if bad else 0


def _machine() -> Iterator[Finding]:
    home = Path(settings.HOME)
    free = shutil.disk_usage(home).free
    text = _("%(free)s GB free in %(home)s") % {"free": round(free / 1024**3, 1), "home": home}
    yield Finding("disk", WARNING if free < _LOW_DISK else OK, text)
    yield from _keys(home)
    if frontend_dir().is_dir():
        yield Finding("frontend", OK, str(frontend_dir()))
    else:
        yield Finding("frontend", ERROR, _("front-end packages are missing; run `make setup`"))


def _keys(home: Path) -> Iterator[Finding]:
    """The keys are for their owner only."""
    open_to_others = [
        path.name
        for path in sorted((home / "keys").glob("*"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if open_to_others:
        text = _("others can read %(names)s; chmod 600 them") % {"names": ", ".join(open_to_others)}
        yield Finding("keys", ERROR, text)
    else:
        yield Finding("keys", OK, _("readable by their owner only"))


def _with_database() -> Iterator[Finding]:
    try:
        database.ensure_running()
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
    except (DatabaseUnavailable, DatabaseError) as error:
        yield Finding("database", ERROR, str(error).splitlines()[0])
        return
    kind = "DATABASE_URL" if database.server_status().external else _("embedded")
    yield Finding("database", OK, f"PostgreSQL {version} ({kind})")
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        text = _("%(n)s migrations are missing; run `gridpact migrate`") % {"n": len(plan)}
        yield Finding("migrations", ERROR, text)
        return
    yield Finding("migrations", OK, _("complete"))
    checks: tuple[Callable[[], Finding], ...] = (_calendar, _worker, _rules)
    for check in checks:
        yield check()


def _calendar() -> Finding:
    """Limits run on working days: this year must be there, the next one from October on."""
    today = clock.today()
    years = {day.year for day in WorkDay.objects.dates("day", "year")}
    if today.year not in years:
        text = _("the working calendar has no year %(year)s: limits count Monday to Friday")
        return Finding("calendar", ERROR, text % {"year": today.year})
    if today.year + 1 in gaps(today):
        text = _("the working calendar has no year %(year)s yet")
        return Finding("calendar", WARNING, text % {"year": today.year + 1})
    return Finding("calendar", OK, ", ".join(str(year) for year in sorted(years)))


def _rules() -> Finding:
    """Routing rules in force that lost their cell, post or organisation."""
    rules = list(Rule.objects.filter(rule_set__is_live=True, is_active=True))
    broken = [
        f"“{line.rule.name}”: {fault.sentence}"
        for line in checked(rules)
        for fault in [*line.faults, *filter(None, (line.vacant,))]
    ]
    if broken:
        return Finding("routing", WARNING, " ".join(broken))
    return Finding("routing", OK, _("%(n)s rules in force") % {"n": len(rules)})


def _worker() -> Finding:
    last = ProcrastinateWorker.objects.aggregate(last=Max("last_heartbeat"))["last"]
    if last is None or (clock.now() - last).total_seconds() > _QUIET_SECONDS:
        return Finding("worker", WARNING, _("no worker runs; start `gridpact worker`"))
    return Finding("worker", OK, _("running"))
