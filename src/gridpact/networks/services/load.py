"""Loading the cells of networks from GeoJSON or a table: all good rows or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gridpact.accounts.models import User
from gridpact.audit import services as audit
from gridpact.core import clock, crypto
from gridpact.core.access import Actor, require
from gridpact.core.loads import LoadReport, Row
from gridpact.grid.models import TreeVersion
from gridpact.grid.tree import tree
from gridpact.networks.models import Fused, Network, NetworkCell
from gridpact.networks.rows import BadRowError, NetRow, read_feature, read_row
from gridpact.networks.services import ground
from gridpact.networks.services.fused import refresh
from gridpact.orgs.choices import OrgKind
from gridpact.orgs.models import Org

_KEPT = (
    "name", "boundary", "serves", "officer", "officer_name_sealed", "officer_phone_sealed", "org",
    "valid_from", "valid_until",
)  # fmt: skip
Read = tuple[int, Callable[[], NetRow]]


def load_features(
    features: Iterable[object], *, actor: Actor, dry_run: bool = False, datum: str = "wgs84"
) -> LoadReport:
    """Insert or update cells of networks from GeoJSON features (rows are counted from 1).

    Properties: network, code, name, officer, phone or account, org, valid_from, valid_until,
    datum (before the file's), cells instead of a geometry; network_name and department (code)
    make a network that is new. One rejected row and nothing is saved.
    """
    reads: list[Read] = [
        (number, lambda number=number, one=one: read_feature(number, one, datum))  # type: ignore[misc]  # bound now
        for number, one in enumerate(features, start=1)
    ]
    return _load(reads, "networks.load_features", actor=actor, dry_run=dry_run)


def load_table(table: Iterable[Row], *, actor: Actor, dry_run: bool = False) -> LoadReport:
    """Insert or update cells of networks from a table with the columns of `rows.COLUMNS`.

    `cells` lists codes of our cells; left empty, a cell keeps the ground it has.
    """
    reads: list[Read] = [
        (number, lambda number=number, row=row: read_row(number, row))  # type: ignore[misc]  # bound now
        for number, row in table
    ]
    return _load(reads, "networks.load_table", actor=actor, dry_run=dry_run)


@dataclass
class _Known:
    """What stands in the database, by code."""

    networks: dict[str, Network]
    cells: dict[tuple[str, str], NetworkCell]
    users: dict[str, User]
    orgs: dict[str, Org]


@transaction.atomic
def _load(reads: list[Read], verb: str, *, actor: Actor, dry_run: bool) -> LoadReport:
    require(actor, "networks.load")
    TreeVersion.objects.select_for_update().first()  # one load at a time, and none during a redraw
    report = LoadReport()
    rows = _read(reads, report)
    known = _known(rows)
    new: dict[str, Network] = {}
    boundaries = _check(rows, known, new, report)
    fresh, changed = [], []
    rejected = {number for number, _why in report.rejected}
    for row in (each for each in rows if each.row not in rejected):
        cell = known.cells.get(row.key) or NetworkCell(code=row.key[1])
        before = _facts(cell) if cell.pk else None
        _apply(cell, row, boundaries.get(row.row), known, new)
        if before is None:
            fresh.append(cell)
        elif _facts(cell) != before:
            changed.append(cell)
        else:
            report.unchanged += 1
    report.rejected.sort()
    report.accepted = len(fresh) + len(changed)
    if report.rejected or dry_run:
        return report
    report.saved = True
    if report.accepted:
        _save(new, fresh, changed, actor)
        label = _("%(new)s new, %(changed)s changed") % {"new": len(fresh), "changed": len(changed)}
        mark = audit.fingerprint(*sorted(row.key for row in rows))
        audit.record(actor, verb, label=label, after=mark)
    return report


def _read(reads: list[Read], report: LoadReport) -> list[NetRow]:
    """The readable rows; the first of two rows with one code stands."""
    rows: dict[tuple[str, str], NetRow] = {}
    for number, read in reads:
        try:
            row = read()
        except BadRowError as error:
            report.reject(number, str(error))
            continue
        first = rows.setdefault(row.key, row)
        if first is not row:
            words = {"code": row.key[1], "row": first.row}
            report.reject(number, _("code %(code)s stands in row %(row)s already") % words)
    return list(rows.values())


def _known(rows: list[NetRow]) -> _Known:
    """Read, and lock, what the rows speak of; networks in one order, so that loads cannot cross."""
    codes = {row.texts["network"] for row in rows}
    locked = Network.objects.select_for_update(of=("self",)).filter(code__in=codes)
    networks = {each.code: each for each in locked.select_related("org").order_by("code")}
    cells = NetworkCell.objects.filter(network__in=networks.values())
    accounts = {row.texts["account"] for row in rows} - {""}
    orgs = {row.texts[name] for row in rows for name in ("org", "department")} - {""}
    return _Known(
        networks,
        {(each.network.code, each.code): each for each in cells.select_related("network")},
        {
            each.username: each
            for each in User.objects.filter(username__in=accounts, is_active=True)
        },
        {each.code: each for each in Org.objects.active().filter(code__in=orgs)},
    )


def _check(
    rows: list[NetRow], known: _Known, new: dict[str, Network], report: LoadReport
) -> dict[int, dict[str, Any]]:
    """Reject what refers to nothing or has no ground; return boundaries by row, fill `new`."""
    boundaries, reasons = ground.check_ground(rows, ground.district_ground())
    snapshot, drawn = tree(), ground.drawn_cells()
    for row in rows:
        reason = (
            reasons.get(row.row)
            or _unknown(row, known, new)
            or ground.check_served(row, snapshot, drawn)
            or _no_ground(row, known)
        )
        if reason:
            report.reject(row.row, reason)
    return boundaries


def _unknown(row: NetRow, known: _Known, new: dict[str, Network]) -> str:
    """Why a row refers to what is not there; a network that is described is made."""
    texts = row.texts
    if texts["account"] and texts["account"] not in known.users:
        return _("there is no active account %(name)s") % {"name": texts["account"][:40]}
    if texts["org"] and texts["org"] not in known.orgs:
        return _("no organisation has the code %(code)s") % {"code": texts["org"]}
    if texts["network"] in known.networks or texts["network"] in new:
        return ""
    if not texts["network_name"] or not texts["department"]:
        return _(
            "there is no network %(code)s; a new one needs `network_name` and `department`"
        ) % {"code": texts["network"]}
    org = known.orgs.get(texts["department"])
    if org is None or org.kind != OrgKind.DEPARTMENT:
        return _("no department has the code %(code)s") % {"code": texts["department"]}
    new[texts["network"]] = Network(code=texts["network"], name=texts["network_name"], org=org)
    return ""


def _no_ground(row: NetRow, known: _Known) -> str:
    if row.geometry is not None or row.serves or row.key in known.cells:
        return ""
    return _("a new cell needs a boundary, or the cells it serves")


def _apply(
    cell: NetworkCell, row: NetRow, boundary: dict[str, Any] | None, known: _Known,
    new: dict[str, Network],
) -> None:  # fmt: skip
    texts = row.texts
    network = known.networks.get(texts["network"]) or new[texts["network"]]
    cell.network = network
    cell.name = texts["name"]
    if boundary is not None or row.serves:
        cell.boundary, cell.serves = boundary, list(row.serves)
    cell.officer = known.users.get(texts["account"])
    if crypto.unseal(cell.officer_name_sealed) != texts["officer"]:
        cell.officer_name_sealed = crypto.seal(texts["officer"])
    if crypto.unseal(cell.officer_phone_sealed) != texts["phone"]:
        cell.officer_phone_sealed = crypto.seal(texts["phone"])
    cell.org = known.orgs.get(texts["org"])
    cell.valid_from = row.valid_from or (cell.valid_from if cell.pk else clock.today())
    cell.valid_until = row.valid_until


def _facts(cell: NetworkCell) -> tuple[object, ...]:
    return (
        cell.name, cell.boundary, tuple(cell.serves), cell.officer_id, cell.officer_name_sealed,
        cell.officer_phone_sealed, cell.org_id, cell.valid_from, cell.valid_until,
    )  # fmt: skip


def _save(
    new: dict[str, Network], fresh: list[NetworkCell], changed: list[NetworkCell], actor: Actor
) -> None:
    for network in new.values():
        network.save()
        audit.record(actor, "networks.save", network, after=audit.fingerprint(network.code))
    NetworkCell.objects.bulk_create(fresh, batch_size=1000)
    NetworkCell.objects.bulk_update(changed, _KEPT, batch_size=500)
    touched = {cell.network_id: cell.network for cell in (*fresh, *changed)}
    Fused.objects.filter(network__in=touched).delete()
    for network in touched.values():
        refresh(network)
