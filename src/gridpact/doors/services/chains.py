"""Reading a pasted chain against what is known of it, and saving it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core import clock, crypto
from gridpact.core.access import Actor, Refused, require
from gridpact.doors.chain import Chain as Parsed
from gridpact.doors.chain import Entry, parse_chain
from gridpact.doors.chain.differ import Differences, Person, compare
from gridpact.doors.choices import ChainKind, EntryState
from gridpact.doors.models import Chain, ChainEntry, ChainPaste
from gridpact.doors.selectors.people import known_people
from gridpact.doors.services.chain_orders import open_orders, withdraw_orders
from gridpact.grid.tree import CellRef, tree
from gridpact.orders.models import Order

MAX_TEXT = 1_000_000
MAX_ENTRIES = 10_000
EARLIER_DAYS = 14
EARLIEST = date(2000, 1, 1)  # an older day is a slip of the hand
_SIGN_UP_WORDS = ("报名", "参加", "签到", "团购", "人数", "sign up")
_WISH_WORDS = ("心愿", "愿望", "wish")
_NEED_WORDS = ("诉求", "需求", "问题", "报修", "维修", "反映", "意见", "建议", "repair")


@dataclass(frozen=True, slots=True)
class Paste:
    """A pasted text: `cell` is a code; without `kind` the text decides, without `day` today."""

    text: str
    cell: str
    group: str = ""
    kind: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with what it is against the last paste: new, changed, back or same."""

    entry: Entry
    status: str
    row: ChainEntry | None
    known_as: str


@dataclass(slots=True)
class Reading:
    """What a paste says, and what saving it would do; `earlier` is one of another day like it."""

    parsed: Parsed
    cell: CellRef
    group: str
    kind: str
    day: date
    saved: Chain | None
    earlier: Chain | None
    lines: list[Line] = field(default_factory=list)
    withdrawn: list[ChainEntry] = field(default_factory=list)
    is_repeated: bool = False

    @property
    def seal(self) -> str:
        """What a preview showed: it must still be true when it is saved."""
        shown = (self.parsed.digest, self.cell.id, self.group, self.kind, self.day.isoformat())
        counts = (len(self.lines), len(self.withdrawn), self.saved.updated_at if self.saved else "")
        return crypto.short_code("chain", "\x1f".join(map(str, (*shown, *counts))), 16)

    def of(self, status: str) -> list[Line]:
        """The lines of one status."""
        return [line for line in self.lines if line.status == status]


@dataclass(slots=True)
class Saved:
    """What saving did: orders opened and withdrawn; `kept` are orders that went on too far."""

    chain: Chain
    reading: Reading
    opened: list[Order] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def read_paste(paste: Paste, *, actor: Actor) -> Reading:
    """What the text says and how it differs from the last paste; writes nothing.

    Raises `Refused`: 403 without the right, 404 for a cell outside the actor's, 422 for a text
    without entries or too long, an unknown kind, a day to come.
    """
    require(actor, "orders.submit_for")
    cell = own_cell(actor, paste.cell)
    if len(paste.text) > MAX_TEXT:
        raise Refused("chain_text_long", 422, field="text", given=len(paste.text), most=MAX_TEXT)
    day = paste.day or clock.today()
    if not EARLIEST <= day <= clock.today():
        code = "chain_day" if day > clock.today() else "chain_day_old"
        raise Refused(code, 422, field="day", given=day.isoformat())
    parsed = parse_chain(paste.text)
    if not parsed.entries:
        raise Refused("chain_empty", 422, field="text")
    if len(parsed.entries) > MAX_ENTRIES:
        given = len(parsed.entries)
        raise Refused("chain_long", 422, field="text", given=given, most=MAX_ENTRIES)
    group = " ".join(paste.group.split())[:40]
    same_title = Chain.objects.filter(
        cell_id=cell.id, group=group, title_digest=_title_digest(parsed)
    )
    saved = same_title.filter(day=day).first()
    kind = _kind(paste.kind, parsed, saved)
    since = day - timedelta(days=EARLIER_DAYS)
    earlier = None if saved else same_title.filter(day__gte=since, day__lt=day).first()
    return _compared(Reading(parsed, cell, group, kind, day, saved, earlier))


def own_cell(actor: Actor, code: str) -> CellRef:
    """The cell with this code below one of the posts that enter orders; else 404."""
    ref = tree().by_code.get(code)
    roots = [grant.cell_id for grant in actor.grants_for("orders.submit_for")]
    if ref is None or not (actor.is_system or any(ref.is_under(root) for root in roots)):
        raise Refused("not_found", 404)
    return ref


def _title_digest(parsed: Parsed) -> str:
    return crypto.digest("chain", parsed.key) or "-"


def _kind(given: str, parsed: Parsed, saved: Chain | None) -> str:
    """What the entries become: as saved, as given, as the title sounds, or as the entries do.

    A list in which most leave only names, places and counts asks for nothing: they sign up.
    """
    if saved is not None:
        return saved.kind
    if given:
        if given not in ChainKind.values:
            allowed = ", ".join(ChainKind.values)
            raise Refused("chain_kind", 422, field="kind", given=given[:20], allowed=allowed)
        return given
    title = parsed.title.casefold()
    if any(word in title for word in _WISH_WORDS):
        return ChainKind.WISH
    if any(word in title for word in _SIGN_UP_WORDS):
        return ChainKind.SIGN_UP
    if any(word in title for word in _NEED_WORDS):
        return ChainKind.NEED
    silent = sum(not entry.remark for entry in parsed.entries)
    return ChainKind.SIGN_UP if silent * 2 > len(parsed.entries) else ChainKind.NEED


def _compared(reading: Reading) -> Reading:
    """Fill in what is new, changed, the same or gone."""
    saved, parsed = reading.saved, reading.parsed
    rows = list(saved.entries.select_related("order")) if saved else []
    found = compare([_person(entry) for entry in parsed.entries], [_as_person(row) for row in rows])
    names = {entry.name for entry in parsed.entries if entry.name}
    reading.lines = _lines(parsed, rows, found, known_people(reading.cell, names))
    gone = [rows[at] for at in found.withdrawn]
    reading.withdrawn = [row for row in gone if row.state != EntryState.WITHDRAWN]
    last = saved.pastes.first() if saved else None
    reading.is_repeated = last is not None and last.sha256 == parsed.digest
    return reading


def _lines(
    parsed: Parsed, rows: list[ChainEntry], found: Differences, people: dict[str, str]
) -> list[Line]:
    pairs = {at: rows[row_at] for at, row_at in (*found.changed, *found.same)}
    alike = {at for at, _row_at in found.same}
    lines = []
    for at, entry in enumerate(parsed.entries):
        row = pairs.get(at)
        if row is None:
            status = "new"
        elif row.state == EntryState.WITHDRAWN:
            status = "back"
        else:
            status = "same" if at in alike else "changed"
        lines.append(Line(entry, status, row, people.get(entry.name, "")))
    return lines


def _person(entry: Entry) -> Person:
    return Person(_name_digest(entry), entry_print(entry), entry.place)


def _as_person(row: ChainEntry) -> Person:
    return Person(row.name_digest, row.print, row.place)


def _name_digest(entry: Entry) -> str:
    return crypto.digest("name", entry.name) or "-"


def entry_print(entry: Entry) -> str:
    """A digest of what an entry says besides its number and name."""
    parts = (entry.phone, entry.place, str(entry.count), entry.remark)
    return crypto.digest("entry", "\x1f".join(parts))


def save_chain(paste: Paste, *, actor: Actor, withdraw: Collection[int] = ()) -> Saved:
    """Keep the paste, bring the rows up to date and open orders for new wishes and needs.

    `withdraw`: ids of rows that left the list and whose open order shall be withdrawn as well.
    The text of the last paste once more changes nothing.
    """
    with transaction.atomic():
        reading = read_paste(paste, actor=actor)
        reading = _locked(reading, actor)
        chain = reading.saved
        assert chain is not None  # made by `_locked`
        saved = Saved(chain, reading)
        if reading.is_repeated:
            return saved
        now = clock.now()
        rows = _write_rows(chain, reading, now)
        made = {id(line): row for line, row in rows}
        reading.lines = [replace(line, row=made.get(id(line), line.row)) for line in reading.lines]
        gone = _mark_withdrawn(reading, now)
        if chain.kind != ChainKind.SIGN_UP:
            saved.opened = open_orders(chain, rows, reading, actor=actor)
            chosen = [row for row in gone if row.pk in set(withdraw)]
            saved.ended, saved.kept = withdraw_orders(chosen, actor=actor)
        _keep(chain, reading, paste, actor, now)
    return saved


def _locked(reading: Reading, actor: Actor) -> Reading:
    """The reading against the chain's own, locked row: of two pastes at once one waits."""
    now = clock.now()
    chain, _made = Chain.objects.get_or_create(
        cell_id=reading.cell.id,
        group=reading.group,
        day=reading.day,
        title_digest=_title_digest(reading.parsed),
        defaults={
            "title": reading.parsed.title[:500],
            "kind": reading.kind,
            "created_at": now,
            "updated_at": now,
            "created_by_id": actor.user_id,
            **reading.cell.scope,
        },
    )
    chain = Chain.objects.select_for_update(of=("self",)).get(pk=chain.pk)
    return _compared(replace(reading, saved=chain, kind=chain.kind))


def _write_rows(chain: Chain, reading: Reading, now: datetime) -> list[tuple[Line, ChainEntry]]:
    """New rows and changed ones, with the lines they come from (same ones only get numbers)."""
    taken: dict[str, int] = {}
    for digest, ordinal in chain.entries.values_list("name_digest", "ordinal"):
        taken[digest] = max(taken.get(digest, 0), ordinal)
    new: list[tuple[Line, ChainEntry]] = []
    touched: list[tuple[Line, ChainEntry]] = []
    moved: list[ChainEntry] = []
    for line in reading.lines:
        if line.row is None:
            digest = _name_digest(line.entry)
            taken[digest] = ordinal = taken.get(digest, 0) + 1
            row = ChainEntry(chain=chain, name_digest=digest, ordinal=ordinal, first_at=now)
            new.append((line, _filled(row, line, EntryState.NEW, now)))
        elif line.status != "same":
            touched.append((line, _filled(line.row, line, EntryState.CHANGED, now)))
        elif line.row.number != line.entry.number:
            line.row.number = line.entry.number
            moved.append(line.row)
    ChainEntry.objects.bulk_create([row for _line, row in new], batch_size=1000)
    ChainEntry.objects.bulk_update([row for _line, row in touched], _FILLED, batch_size=500)
    ChainEntry.objects.bulk_update(moved, ["number"], batch_size=1000)
    return new + touched


_FILLED = [
    "number", "state", "name_sealed", "phone_sealed", "place", "count", "remark", "print",
    "doubts", "known_as", "touched_at",
]  # fmt: skip


def _filled(row: ChainEntry, line: Line, state: str, now: datetime) -> ChainEntry:
    entry = line.entry
    row.number, row.state, row.touched_at = entry.number, state, now
    row.name_sealed, row.phone_sealed = crypto.seal(entry.name), crypto.seal(entry.phone)
    row.place, row.count, row.remark = entry.place[:60], entry.count, entry.remark
    row.print, row.doubts, row.known_as = entry_print(entry), list(entry.doubts), line.known_as[:80]
    return row


def _mark_withdrawn(reading: Reading, now: datetime) -> list[ChainEntry]:
    for row in reading.withdrawn:
        row.state, row.touched_at = EntryState.WITHDRAWN, now
    ChainEntry.objects.bulk_update(reading.withdrawn, ["state", "touched_at"], batch_size=1000)
    return reading.withdrawn


def _keep(chain: Chain, reading: Reading, paste: Paste, actor: Actor, now: datetime) -> None:
    changed = len(reading.of("changed")) + len(reading.of("back"))
    new, same, gone = len(reading.of("new")), len(reading.of("same")), len(reading.withdrawn)
    ChainPaste.objects.create(
        chain=chain, at=now, by_id=actor.user_id, text_sealed=crypto.seal(paste.text),
        sha256=reading.parsed.digest, new=new, changed=changed, withdrawn=gone, same=same,
    )  # fmt: skip
    chain.updated_at = now
    chain.save(update_fields=["updated_at"])
    why = f"{new} new, {changed} changed, {gone} withdrawn, {same} same"
    audit.record(actor, "chains.save", chain, label=chain.title[:60], why=why)
