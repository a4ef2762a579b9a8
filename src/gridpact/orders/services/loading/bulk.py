"""Loading files of orders: every row passes the intake's checks, then enters by COPY."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.core.loads import LoadReport
from gridpact.core.rows import execute
from gridpact.core.texts import refusal_text, register_refusals
from gridpact.grid.tree import tree
from gridpact.orders.choices import Channel
from gridpact.orders.files.source import Entry, open_source
from gridpact.orders.services.intake import Contact, Intake, checked
from gridpact.orders.services.loading.places import Finder
from gridpact.orders.services.loading.rows import Numbers, Ready, Writer

register_refusals({"number_taken": _("Number %(number)s is here already, with a different text.")})

BATCH = 5000
_OURS = re.compile(r"[A-Z]{1,4}\d{9,20}").fullmatch
_OWN = "SELECT number, md5(text) FROM orders_order WHERE number = ANY(%s)"
_LOAD_LOCK = 7_301_002  # advisory lock: one load at a time, since it gives out numbers of past days


@dataclass
class OrderLoad(LoadReport):
    """What a load of orders did, and which columns of the file it used."""

    columns_read: list[str] = field(default_factory=list)
    columns_ignored: list[str] = field(default_factory=list)


def load_orders(
    path: Path | str, *, actor: Actor, cell: str | None = None, dry_run: bool = False
) -> OrderLoad:
    """Load a csv or jsonl file; good rows are accepted, bad ones reported with row and reason.

    A row's place is its point, cell code, community or street name, or address, in this order; a
    row without any of them, or whose names are no cells here, goes to `cell` (a code). A point
    outside the district is rejected, also with `cell`. Rows whose number is here already are
    counted as unchanged, so that the same file twice adds nothing. Rows that the other system
    finished become CLOSED, the others SUBMITTED with a clock that starts now. A dry run does all
    of it but writes nothing. All accepted rows are saved together or, on an error, none.

    Raises `Refused`: 403 without the right, 422 for an unreadable file or an unknown `cell`.
    """
    require(actor, "orders.load")
    source = open_source(Path(path))
    report = OrderLoad(columns_read=source.columns_read, columns_ignored=source.columns_ignored)
    return load_entries(
        source, report, actor=actor, name=source.path.name, cell=cell, dry_run=dry_run
    )


class Entries(Protocol):
    """An opened file: the `label` under which its numbers are known, and its rows."""

    @property
    def label(self) -> str:
        """The source system of its orders."""

    def entries(self, now: datetime) -> Iterator[Entry | tuple[int, Refused]]:
        """Every row as an entry, or its number with why it cannot be read."""


def load_entries(
    source: Entries,
    report: OrderLoad,
    *,
    actor: Actor,
    name: str,
    cell: str | None = None,
    channel: str = Channel.IMPORT,
    dry_run: bool = False,
    whole: bool = False,
) -> OrderLoad:
    """Load the rows of an opened file as `load_orders` does; the counts go into `report`.

    `name` is what the log calls it. `whole`: one rejected row, and nothing is saved.
    """
    require(actor, "orders.load")
    finder = Finder(tree(), cell, actor)
    numbers = Numbers(clock.now())
    with transaction.atomic():
        execute("SELECT pg_advisory_xact_lock(%s)", [_LOAD_LOCK])
        writer = Writer(actor, finder.tree, numbers)
        loader = _Loader(source.label, channel, finder, writer, report, dry_run=dry_run)
        rows = source.entries(numbers.now)
        while batch := list(islice(rows, BATCH)):
            loader.take(batch)
        report.saved = not dry_run and not (whole and report.rejected)
        if report.saved and report.accepted:
            why = (
                f"{report.accepted} accepted, {report.unchanged} unchanged,"
                f" {len(report.rejected)} rejected"
            )
            audit.record(actor, "orders.load", label=name, why=why, after=source.label)
        elif not report.saved:
            transaction.set_rollback(True)
    return report


class _Loader:
    """Takes batches of entries: checks, places, drops what is here already, writes the rest."""

    def __init__(
        self, label: str, channel: str, finder: Finder, writer: Writer, report: OrderLoad,
        *, dry_run: bool,
    ) -> None:  # fmt: skip
        self._label, self._channel = label, channel
        self._finder, self._writer = finder, writer
        self._report, self._dry_run = report, dry_run
        self._seen = _Seen(label)

    def take(self, batch: list[Entry | tuple[int, Refused]]) -> None:
        """One batch, in the file's order."""
        ready = list(self._ready(self._foreign(batch)))
        new: list[Ready] = []
        for row, known in zip(ready, self._seen.check(ready), strict=True):
            if known is None:
                new.append(row)
            elif known == _print(row.intake):
                self._report.unchanged += 1
            else:
                reason = refusal_text("number_taken", {"number": row.intake.source_number})
                self._report.reject(row.entry.row, reason)
        self._report.accepted += len(new)
        if self._dry_run:
            self._seen.remember(new)
        else:
            self._writer.write(new)

    def _foreign(
        self, batch: list[Entry | tuple[int, Refused]]
    ) -> Iterator[Entry | tuple[int, Refused]]:
        """The batch without our own orders under our own numbers, which stay as they are.

        Their contacts are masked in an export and therefore not looked at.
        """
        numbers = [each.number for each in batch if isinstance(each, Entry) and _OURS(each.number)]
        prints = dict(execute(_OWN, [numbers])) if numbers else {}
        for item in batch:
            known = prints.get(item.number) if isinstance(item, Entry) else None
            if known is None or not isinstance(item, Entry):
                yield item
            elif known == _digest(item.text):
                self._report.unchanged += 1
            else:
                reason = refusal_text("number_taken", {"number": item.number})
                self._report.reject(item.row, reason)

    def _ready(self, batch: Iterable[Entry | tuple[int, Refused]]) -> Iterator[Ready]:
        for item in batch:
            if not isinstance(item, Entry):
                self._report.reject(item[0], item[1].sentence)
                continue
            try:
                intake = checked(self._intake(item))
                yield Ready(item, intake, self._finder.place(item, intake))
            except Refused as refusal:
                self._report.reject(item.row, refusal.sentence)

    def _intake(self, entry: Entry) -> Intake:
        return Intake(
            text=entry.text,
            kind=entry.kind,
            title=entry.title,
            lon=entry.lon,
            lat=entry.lat,
            datum=entry.datum,
            address=entry.address or "".join(reversed(entry.places)),
            cell=entry.cell,
            contact=Contact(_clear(entry.reporter), _clear(entry.phone)),
            channel=self._channel,
            source_system=self._label,
            source_number=entry.own_number,
        )


class _Seen:
    """Which numbers of this source are here already, in the database or earlier in the file."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._has_table = False

    def check(self, rows: Sequence[Ready]) -> list[str | None]:
        """For each row the print of the text that has its number, or None for a new number."""
        known = self._known([row.intake.source_number for row in rows])
        answers: list[str | None] = []
        for row in rows:
            number = row.intake.source_number
            answers.append(known.get(number))
            known.setdefault(number, _print(row.intake))
        return answers

    def remember(self, rows: Sequence[Ready]) -> None:
        """In a dry run nothing reaches the orders: keep numbers in a table that ends with it."""
        if not self._has_table:
            execute("CREATE TEMP TABLE load_seen (number text, print text) ON COMMIT DROP", [])
            execute("CREATE INDEX ON load_seen (number)", [])
            self._has_table = True
        numbers = [row.intake.source_number for row in rows]
        prints = [_print(row.intake) for row in rows]
        execute(
            "INSERT INTO load_seen SELECT * FROM unnest(%s::text[], %s::text[])", [numbers, prints]
        )

    def _known(self, numbers: list[str]) -> dict[str, str]:
        saved = execute(
            "SELECT source_number, md5(text) FROM orders_order"
            " WHERE source_system = %s AND source_number <> '' AND source_number = ANY(%s)",
            [self._label, numbers],
        )
        if self._has_table:
            saved += execute(
                "SELECT number, print FROM load_seen WHERE number = ANY(%s)", [numbers]
            )
        return dict(saved)


def _print(intake: Intake) -> str:
    """What the database answers as md5(text); it compares texts and protects nothing."""
    return _digest(intake.text)


def _digest(text: str) -> str:
    clean = text.replace("\r\n", "\n").strip()
    return hashlib.md5(clean.encode(), usedforsecurity=False).hexdigest()


def _clear(text: str) -> str:
    """A masked name or phone says nothing; better none than stars."""
    return "" if "*" in text else text
