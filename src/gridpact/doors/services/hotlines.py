"""Files of a hotline: checked, loaded whole or not at all; and what it is told back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.db import transaction
from django.db.models import Max, QuerySet

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.doors.choices import HOTLINE_PARTS
from gridpact.doors.hotline_table import HotlineTable
from gridpact.doors.models import Hotline
from gridpact.orders.choices import Channel
from gridpact.orders.models import Order
from gridpact.orders.services.loading.bulk import OrderLoad, load_entries

# Source systems of this program's own doors.
RESERVED = frozenset({"form", "chain", "box", "meeting"})
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")


@dataclass(frozen=True, slots=True)
class HotlineFile:
    """A file of a hotline: `columns` says which column holds what, where that is not clear."""

    file: IO[bytes]
    name: str
    code: str
    hotline: str = ""
    cell: str = ""
    columns: Mapping[str, str] | None = None


def load_hotline(
    given: HotlineFile, *, actor: Actor, dry_run: bool = False
) -> tuple[HotlineTable, OrderLoad]:
    """Load a file; which column held what is kept for the next one of this hotline.

    Calls whose number is here already change nothing. One rejected row, and nothing is saved.
    Raises `Refused`: 403 without the right, 422 for a wrong code, no table, or columns that no
    name gives away and `columns` does not name.
    """
    require(actor, "orders.load")
    code = given.code.strip().lower()
    if not _CODE.fullmatch(code) or code in RESERVED:
        raise Refused("hotline_code", 422, field="code")
    known = Hotline.objects.filter(code=code).first()
    kept = dict(known.columns) if known is not None else {}
    kept |= {part: column for part, column in (given.columns or {}).items() if column}
    table = HotlineTable(given.file, given.name, code, kept)
    report = OrderLoad(
        columns_read=[name for name in table.header if name in table.columns.values()],
        columns_ignored=[name for name in table.header if name not in table.columns.values()],
    )
    if table.missing:
        if dry_run:
            return table, report
        raise Refused("hotline_columns", 422, field="columns", columns=", ".join(table.missing))
    with transaction.atomic():
        load_entries(
            table, report, actor=actor, name=given.name, cell=given.cell or None,
            channel=Channel.HOTLINE, dry_run=dry_run, whole=True,
        )  # fmt: skip
        if report.saved:
            Hotline.objects.update_or_create(
                code=code,
                defaults={
                    "name": given.hotline.strip()[:40] or (known.name if known else code),
                    "columns": table.columns,
                    "loaded_at": clock.now(),
                },
            )
    return table, report


def parts() -> list[tuple[str, str]]:
    """What a column may hold: (code, name)."""
    return [(part, str(label)) for part, label, _must in HOTLINE_PARTS]


def told(system: str, *, actor: Actor) -> QuerySet[Order]:
    """Orders in sight that came from a source system, with `changed_at`, the last move."""
    require(actor, "orders.load")
    return (
        Order.objects.visible_to(actor)
        .filter(source_system=system)
        .exclude(source_number="")
        .select_related(
            "handler_org", "handler_post__cell", "handler_post__kind", "handler_post__user"
        )
        .select_related("handler_user", "desk")
        .defer("handler_post__cell__boundary", "desk__boundary")
        .annotate(changed_at=Max("log__at"))
    )


def export_status(
    hotline: Hotline, *, actor: Actor, since: datetime | None, until: datetime | None = None
) -> Iterator[Order]:
    """The orders of a hotline that moved in (since, until], oldest change first; remembers until.

    The same period can be exported again; only the next "since last time" starts behind it.
    """
    until = until or clock.now()
    rows: Any = told(hotline.code, actor=actor)  # the checker does not know annotations
    rows = rows.filter(changed_at__lte=until)
    if since is not None:
        rows = rows.filter(changed_at__gt=since)
    audit.record(actor, "hotlines.export", hotline, label=hotline.name, why=until.isoformat())
    if hotline.told_until is None or until > hotline.told_until:
        hotline.told_until = until
        hotline.save(update_fields=["told_until"])
    found: Iterator[Order] = rows.order_by("changed_at", "id").iterator(chunk_size=2000)
    return found
