"""The verbs on Party bodies: keeping one, loading many from a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from gridpact.audit import services as audit
from gridpact.core.access import Actor, Refused, require
from gridpact.core.loads import LoadReport, Row, load_rows
from gridpact.grid.choices import Level
from gridpact.grid.models import Cell
from gridpact.grid.services.posts import known_user
from gridpact.orgs.choices import PARTY_LEVELS, PartyKind
from gridpact.orgs.models import Org, PartyOrg
from gridpact.orgs.party_days import keep_version

_M = TypeVar("_M", bound=Model)


@transaction.atomic
def save_party(body: PartyOrg, *, actor: Actor) -> PartyOrg:
    """Keep `body` as it is given: a new one, or the changed facts of a standing one (by pk).

    The actor must keep organisations where it stood and where it will stand. The same facts change
    nothing. Raises `Refused`: forbidden, party_code_taken, party_cell_taken, party_cell_level,
    party_cycle, party_parent_elsewhere.
    """
    stored = None
    if body.pk is not None:
        stored = PartyOrg.objects.select_for_update(of=("self",)).get(pk=body.pk)
        require(actor, "orgs.save_party", stored)
    require(actor, "orgs.save_party", body)
    if stored is not None and _facts(stored) == _facts(body):
        return stored
    _check(body)
    body.save()
    keep_version(body)
    was = _facts(stored) if stored is not None else None
    audit.record_saved(actor, "orgs.save_party", body, was, _facts(body))
    return body


def _facts(body: PartyOrg) -> tuple[object, ...]:
    return (
        body.code, body.name, body.kind, body.parent_id, body.cell_id, body.org_id,
        body.secretary_id, body.is_active,
    )  # fmt: skip


def _check(body: PartyOrg) -> None:
    others = PartyOrg.objects.exclude(pk=body.pk)
    if others.filter(code=body.code).exists():
        raise Refused("party_code_taken", 409, code=body.code)
    cell = body.cell
    if cell is not None:
        if body.kind not in PARTY_LEVELS.get(cell.level, body_kinds(cell)):
            level = Level(cell.level).label
            kind = PartyKind(body.kind).label
            raise Refused("party_cell_level", 422, kind=kind, cell=cell.name, level=level)
        there = others.active().filter(cell=cell).first() if body.is_active else None
        if there is not None:
            raise Refused("party_cell_taken", 409, cell=cell.name, name=there.name)
    _check_parent(body, body.parent)


def body_kinds(cell: Cell) -> frozenset[PartyKind]:
    """Above the community every kind may stand; below the building there is none."""
    above = cell.level in {Level.PROVINCE, Level.CITY, Level.DISTRICT, Level.TOWNSHIP}
    return frozenset(PartyKind) if above else frozenset()


def _check_parent(body: PartyOrg, parent: PartyOrg | None) -> None:
    """No ring, and the ground of a body lies within its parent's."""
    if parent is None:
        return
    if parent.cell is not None and body.cell is not None and not body.cell.is_under(parent.cell.pk):
        raise Refused("party_parent_elsewhere", 422, name=parent.name, cell=body.cell.name)
    step: PartyOrg | None = parent
    while step is not None:
        if step.pk == body.pk:
            raise Refused("party_cycle", 422, name=parent.name)
        step = step.parent


@transaction.atomic
def load_party(table: Iterable[Row], *, actor: Actor, dry_run: bool = False) -> LoadReport:
    """Insert or update Party bodies by code: code, name, kind, parent, cell, org, secretary.

    `parent`, `cell` and `org` are codes, `secretary` a username (`secretary_name` opens a new
    account). Parents stand before their children, or in the system. One rejected row and nothing
    is saved; the same file again changes nothing.
    """
    require(actor, "orgs.load")
    return load_rows(table, lambda row: _load_row(row, actor), dry_run=dry_run)


def _load_row(row: dict[str, str], actor: Actor) -> bool:
    code, name = row.get("code", ""), row.get("name", "")
    for field, value, most in (("code", code, 40), ("name", name, 80)):
        if not value or len(value) > most:
            raise _bad(field, _("1 to %(most)s characters") % {"most": most})
    kind = row.get("kind", "").upper()
    if kind not in PartyKind.values:
        allowed = ", ".join(PartyKind.values)
        raise _bad("kind", _("unknown; expected one of %(allowed)s") % {"allowed": allowed})
    stored = PartyOrg.objects.filter(code=code).first()
    before = _facts(stored) if stored is not None else None
    body = stored or PartyOrg(code=code)
    body.name, body.kind = name, kind
    body.parent = _one(PartyOrg.objects.all(), row.get("parent", ""), "parent")
    body.cell = _one(Cell.objects.open(), row.get("cell", ""), "cell")
    body.org = _one(Org.objects.all(), row.get("org", ""), "org")
    username = row.get("secretary", "")
    name_of = row.get("secretary_name", "")
    body.secretary = known_user(username, name_of, actor=actor) if username else None
    if before == _facts(body):
        return False
    save_party(body, actor=actor)
    return True


def _one(rows: QuerySet[_M], code: str, field: str) -> _M | None:
    """The row with this code; None for an empty cell."""
    if not code:
        return None
    row = rows.filter(code=code).first()
    if row is None:
        raise _bad(field, _("no row has the code %(code)s") % {"code": code[:40]})
    return row


def _bad(field: str, why: str) -> Refused:
    return Refused("bad_input", 422, field=field, why=why)
