"""What the grid shows of the networks: officers on a cell's page, and findings per cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridpact.core.access import Actor
from gridpact.core.masking import mask_phone
from gridpact.grid.cards import CardLine, CellCard
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Cell
from gridpact.grid.tree import Tree, tree
from gridpact.networks.choices import Found
from gridpact.networks.models import Network, NetworkCell
from gridpact.networks.selectors.fusing import lay
from gridpact.networks.services.fused import fused
from gridpact.networks.services.officers import cells_at, numbers_under

TITLE = gettext_lazy("One net, many functions")


def report_href(network: Network, **query: str) -> str:
    """The report of a network."""
    extra = "&".join(f"{key}={value}" for key, value in query.items())
    href = reverse("networks:report", kwargs={"code": network.code})
    return f"{href}?{extra}" if extra else href


def officers_card(actor: Actor, cell: Cell, snapshot: Tree) -> CellCard:
    """One net, many functions (一网多能): each department's officer for this cell on the day.

    Above the grids, how many cells each network has here.
    """
    networks = list(Network.objects.visible_to(actor).active())
    if not networks:
        return CellCard(TITLE, ())
    if RANK[cell.level] < RANK[Level.GRID]:
        numbers = numbers_under(cell, snapshot)
        wide = [_number_line(network, numbers.get(network.pk, 0), cell) for network in networks]
        return CellCard(TITLE, tuple(wide))
    place = None
    if RANK[cell.level] > RANK[Level.GRID] and None not in {cell.point_lon, cell.point_lat}:
        place = (cell.point_lon or 0.0, cell.point_lat or 0.0)
    found: dict[int, list[NetworkCell]] = {}
    for each in cells_at(cell, place, snapshot):
        found.setdefault(each.network_id, []).append(each)
    lines = [
        line for network in networks for line in _lines(network, found.get(network.pk, []), cell)
    ]
    return CellCard(TITLE, tuple(lines))


def _number_line(network: Network, number: int, cell: Cell) -> CardLine:
    href = report_href(network, cell=cell.code)
    if not number:
        return CardLine(network.name, _("not served"), href=href, wanting=True)
    return CardLine(network.name, _("%(count)s cells") % {"count": number}, href=href)


def _lines(network: Network, cells: Sequence[NetworkCell], cell: Cell) -> list[CardLine]:
    if not cells:
        return [_number_line(network, 0, cell)]
    href = report_href(network, cell=cell.code)
    return [
        CardLine(
            network.name,
            each.officer_name or _("no officer"),
            " ".join(filter(None, (each.name, mask_phone(each.officer_phone)))),
            href,
            wanting=not each.officer_name,
        )
        for each in cells
    ]


@dataclass(frozen=True, slots=True)
class NetworkGap:
    """How many networks have one kind of finding on a cell, and where it is seen."""

    kind: str
    label: str | Promise
    count: int
    href: str
    detail: str


_KINDS = (
    ("network_gaps", gettext_lazy("not served by a department's network"), "gaps", Found.GAP),
    ("network_overlaps", gettext_lazy("served by two of one network"), "overlaps", Found.OVERLAP),
)


def cell_gaps(cell_ids: Iterable[int]) -> Mapping[int, Sequence[NetworkGap]]:
    """Grids that a network leaves out or serves twice, by cell id; three queries when fresh."""
    wanted, known = set(cell_ids), tree().by_code
    networks = {each.pk: each for each in Network.objects.active()}
    kept = fused(networks.values()) if networks else {}
    found: dict[int, list[NetworkGap]] = {}
    for kind, label, listed, show in _KINDS:
        where: dict[str, list[Network]] = {}
        for pk, row in kept.items():
            for one in row.found.get(listed, ()):
                where.setdefault(one["code"], []).append(networks[pk])
        for code, concerned in where.items():
            ref = known.get(code)
            if ref is not None and ref.id in wanted:
                href = report_href(concerned[0], show=show, cell=code)
                names = _(", ").join(each.name for each in concerned)
                gap = NetworkGap(kind, label, len(concerned), href, names)
                found.setdefault(ref.id, []).append(gap)
    return found


def faulty_on(snapshot: Tree) -> frozenset[int]:
    """Grids that a network left out or served twice on the tree's day, by cell id."""
    mark = NetworkCell.objects.aggregate(last=Max("pk"), number=Count("pk"))
    codes = _faulty(snapshot.version, snapshot.day, (mark["last"], mark["number"]))
    return frozenset(snapshot.by_code[code].id for code in codes if code in snapshot.by_code)


# A fusion takes some tenths of a second: kept for a page and its outlines.
@lru_cache(maxsize=4)
def _faulty(version: int, day: date, mark: tuple[int | None, int]) -> frozenset[str]:
    laid = [lay(network, day).fusion for network in Network.objects.active()]
    left_out = {one.code for fusion in laid for one in fusion.gaps}
    return frozenset(left_out | {one.code for fusion in laid for one in fusion.overlaps})
