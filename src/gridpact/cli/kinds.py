"""The kinds of files: how each is read, loaded and written back."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor, Refused
from gridpact.core.loads import LoadReport, Row
from gridpact.duties.models import WorkItem
from gridpact.duties.services import load_work_items
from gridpact.grid.choices import RANK, Level
from gridpact.grid.ground import features
from gridpact.grid.models import Appointment, Cell
from gridpact.grid.services import load_cells, load_divisions, load_posts
from gridpact.grid.tree import CellRef, tree_at
from gridpact.networks.selectors.export import as_features, as_rows, exported
from gridpact.networks.services import load_features
from gridpact.networks.services import load_table as load_network_table
from gridpact.orgs.models import Org, OrgMember, PartyOrg
from gridpact.orgs.party import load_party
from gridpact.orgs.services import load_members, load_orgs
from gridpact.ui.sheets import SheetColumn, read_table, write_xlsx

Loader = Callable[..., LoadReport]
Values = tuple[object, ...]


@dataclass(frozen=True)
class Scope:
    """What an export covers: the tree below `cell` (None = all), as it stood on `day`."""

    cell: Cell | None
    day: date

    def cells(self, prefix: str = "") -> Q:
        """Rows whose cell lies in the scope; `prefix` leads from the row to its cell."""
        return Q() if self.cell is None else Q(**{prefix + "path__startswith": self.cell.path})

    def terms(self) -> Q:
        """Terms in force on the day."""
        return Q(starts__lte=self.day) & (Q(ends__isnull=True) | Q(ends__gte=self.day))

    def refs(self) -> list[CellRef]:
        """Cells of the tree of the day, parents first; refused if the cell was not one of them."""
        snapshot = tree_at(self.day)
        if self.cell is None:
            return list(snapshot.by_id.values())
        if self.cell.pk not in snapshot.by_id:
            raise Refused("cell_unknown", 422, code=self.cell.code)
        return snapshot.under(self.cell.pk)


@dataclass(frozen=True)
class Table:
    """A kind that is a table: columns (name, required, note), loader and rows."""

    columns: tuple[tuple[str, bool, Any], ...]
    load: Loader
    rows: Callable[[Scope], Iterator[Values]]


def _divisions(scope: Scope) -> Iterator[Values]:
    refs = [ref for ref in scope.refs() if RANK[ref.level] <= RANK[Level.COMMUNITY]]
    yield from ((ref.code, ref.name) for ref in sorted(refs, key=lambda ref: ref.code))


def _posts(scope: Scope) -> Iterator[Values]:
    rows = Appointment.objects.filter(scope.cells("cell__"), scope.terms())
    yield from rows.order_by("cell__code", "kind__sort", "user__username").values_list(
        "user__username", "user__name", "kind__code", "cell__code", "starts", "ends"
    )


def _orgs(scope: Scope) -> Iterator[Values]:
    rows = Org.objects.filter(scope.cells("cell__")).order_by("code")
    yield from rows.values_list("code", "name", "kind", "uscc", "cell__code", "contact", "phone")


def _members(scope: Scope) -> Iterator[Values]:
    rows = OrgMember.objects.filter(scope.cells("org__cell__"), scope.terms())
    yield from rows.order_by("org__code", "role", "user__username").values_list(
        "user__username", "user__name", "org__code", "role", "starts", "ends"
    )


def _network(scope: Scope) -> Iterator[Values]:
    return as_rows(exported(scope.day, scope.cell))


def _work_items(scope: Scope) -> Iterator[Values]:
    """The district's list, whatever the scope; lists of codes with commas."""
    for item in WorkItem.objects.order_by("sort", "code"):
        lists = (item.levels, item.lead_kinds, item.assist_kinds, item.supervise_kinds)
        levels, lead, assist, supervise = (",".join(each) for each in lists)
        yield (
            item.code, item.name, item.category, levels, item.cadence, item.guidance,
            "yes" if item.required else "no", lead, assist, supervise,
            "yes" if item.is_active else "no", item.sort,
        )  # fmt: skip


def _party(scope: Scope) -> Iterator[Values]:
    rows = PartyOrg.objects.filter(scope.cells("cell__"), is_active=True)
    # Parents before children: their cells are above, and a file is read from the top.
    yield from rows.order_by("cell__path", "code").values_list(
        "code", "name", "kind", "parent__code", "cell__code", "org__code",
        "secretary__username", "secretary__name",
    )  # fmt: skip


_DAY = _("yyyy-mm-dd; empty: open")
_KINDS = _("codes of post kinds, separated by commas")
_USER = _("account name")
_NEW = _("opens an account without a password when the account name is new")
TABLES: dict[str, Table] = {
    "divisions": Table(
        (
            ("code", True, _("2, 4, 6, 9 or 12 digits; the level follows from them")),
            ("name", True, ""),
        ),
        load_divisions,
        _divisions,
    ),
    "posts": Table(
        (
            ("username", True, _USER),
            ("name", False, _NEW),
            ("kind", True, _("code of the post kind, e.g. grid_worker")),
            ("cell", True, _("code of the cell")),
            ("starts", False, _DAY),
            ("ends", False, _DAY),
        ),
        load_posts,
        _posts,
    ),
    "orgs": Table(
        (
            ("code", True, ""),
            ("name", True, ""),
            (
                "kind",
                True,
                "DEPARTMENT, GOVERNMENT, INSTITUTION, STATE_FIRM, PRIVATE_FIRM, SOCIAL, …",
            ),
            ("uscc", False, _("unified social credit code")),
            ("cell", False, _("code of the cell")),
            ("contact", False, ""),
            ("phone", False, _("office phone")),
        ),
        load_orgs,
        _orgs,
    ),
    "party": Table(
        (
            ("code", True, ""),
            ("name", True, ""),
            ("kind", True, "COMMITTEE, GENERAL_BRANCH, BRANCH, GROUP"),
            ("parent", False, _("code of the body above")),
            ("cell", False, _("code of the cell")),
            ("org", False, _("code of the organisation")),
            ("secretary", False, _USER),
            ("secretary_name", False, _NEW),
        ),
        load_party,
        _party,
    ),
    "members": Table(
        (
            ("username", True, _USER),
            ("name", False, _NEW),
            ("org", True, _("code of the organisation")),
            ("role", True, "LIAISON, HANDLER, MEMBER"),
            ("starts", False, _DAY),
            ("ends", False, _DAY),
        ),
        load_members,
        _members,
    ),
    "work-items": Table(
        (
            ("code", True, ""),
            ("name", True, ""),
            ("category", True, "PARTY, SERVICE, DISPUTES, EMERGENCY, PATROL, …"),
            ("levels", True, "COMMUNITY, GRID, MICRO_GRID, …"),
            ("cadence", False, "NONE, DAILY, WEEKLY, MONTHLY, QUARTERLY, HALF_YEARLY, YEARLY"),
            ("guidance", False, _("what is to be done")),
            ("required", False, _("yes / no")),
            ("lead", False, _KINDS),
            ("assist", False, _KINDS),
            ("supervise", False, _KINDS),
            ("active", False, _("yes / no")),
            ("sort", False, _("a whole number; smaller ones come first")),
        ),
        load_work_items,
        _work_items,
    ),
    "network": Table(
        (
            ("network", True, _("code of the network")),
            ("network_name", False, _("name of a network that is new")),
            ("department", False, _("code of the department of a network that is new")),
            ("code", True, _("the department's own code of its cell")),
            ("name", True, ""),
            ("officer", False, _("name of the officer")),
            ("phone", False, _("phone of the officer")),
            ("account", False, _("account name of the officer, instead of a name")),
            ("org", False, _("code of the body that answers for this cell")),
            ("cells", False, _("codes of the cells served; empty: the ground stays as it is")),
            ("valid_from", False, _DAY),
            ("valid_until", False, _DAY),
        ),
        load_network_table,
        _network,
    ),
}


def load_table(kind: str, path: Path, *, actor: Actor, dry_run: bool) -> LoadReport:
    """Read an .xlsx or .csv and load it; rows with a flaw (formula, too long) are rejected."""
    table = TABLES[kind]
    with path.open("rb") as file:
        sheet = read_table(file, path.name)
        names = {_bare(head): head for head in sheet.header}
        missing = [name for name, must, _note in table.columns if must and name not in names]
        if kind == "divisions":
            missing = []  # their columns have many names
        if missing:
            raise Refused("columns_missing", 422, name=path.name, columns=", ".join(missing))
        rows: list[Row] = [
            (number, {_bare(head): value for head, value in row.items()})
            for number, row in sheet.rows
        ]
    if sheet.flaws:
        return LoadReport(rejected=sorted(sheet.flaws.items()))
    return table.load(rows, actor=actor, dry_run=dry_run)


def _bare(head: str) -> str:
    return head.strip().strip("*").strip().lower()


def load_cell_file(
    path: Path, *, actor: Actor, dry_run: bool, datum: str | None = None, strict: bool = False
) -> LoadReport:
    """Load a GeoJSON FeatureCollection of cells."""
    rows = _features(path)["features"]
    return load_cells(rows, actor=actor, dry_run=dry_run, datum=datum, strict=strict)


def cell_features(scope: Scope) -> dict[str, Any]:
    """The cells of a scope as the FeatureCollection that `load cells` reads."""
    snapshot = tree_at(scope.day)
    return {"type": "FeatureCollection", "features": features(snapshot, scope.refs())}


def load_network_file(path: Path, *, actor: Actor, dry_run: bool) -> LoadReport:
    """Load cells of networks from GeoJSON, whose `datum` may name another datum, or a table."""
    if path.suffix.lower() in {".xlsx", ".csv"}:
        return load_table("network", path, actor=actor, dry_run=dry_run)
    content = _features(path)
    datum = str(content.get("datum") or "wgs84")
    return load_features(content["features"], actor=actor, dry_run=dry_run, datum=datum)


def network_features(scope: Scope) -> dict[str, Any]:
    """The cells of networks as the FeatureCollection that `load network` reads."""
    return as_features(exported(scope.day, scope.cell))


def _features(path: Path) -> dict[str, Any]:
    """A GeoJSON FeatureCollection with its list of features."""
    try:
        content = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise Refused("file_not_json", 422, name=path.name, why=str(error)) from error
    if not isinstance(content, dict) or not isinstance(content.get("features"), list):
        raise Refused("file_not_json", 422, name=path.name, why="FeatureCollection")
    return content


def write_table(kind: str, path: Path, rows: Iterable[Values], *, notes: bool = False) -> None:
    """Write a table as .xlsx or .csv, by the name of the file."""
    columns = TABLES[kind].columns
    if path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([name for name, _must, _note in columns])
            writer.writerows([["" if value is None else value for value in row] for row in rows])
        return
    heads = [SheetColumn(f"*{n}" if must else n, 20, note) for n, must, note in columns]
    with write_xlsx(heads, rows, title=kind, notes=notes) as book:
        path.write_bytes(book.read())
