"""Reports that are first brought up to date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.grid.tree import tree_at
from gridpact.networks.models import Network
from gridpact.networks.selectors.fusing import lay
from gridpact.networks.selectors.report import Report, fresh, kept, report
from gridpact.networks.services.fused import fused


def report_of(network: Network, *, actor: Actor, day: date | None = None, cell: str = "") -> Report:
    """The report of one network on a day (default today), below the cell with code `cell`.

    Raises `Refused`: cell_unknown.
    """
    return next(reports([network], actor=actor, day=day, cell=cell))


def reports(
    networks: Iterable[Network], *, actor: Actor, day: date | None = None, cell: str = ""
) -> Iterator[Report]:
    """The reports of several networks, one after the other; see `report_of`."""
    at = day or clock.today()
    snapshot = tree_at(at)
    under = snapshot.by_code.get(cell) if cell else None
    if cell and under is None:
        raise Refused("cell_unknown", 422, field="cell", code=cell[:20])
    wanted = list(networks)
    current = fused(wanted) if at == clock.today() else {}
    for network in wanted:
        source = kept(current[network.pk], snapshot) if current else fresh(lay(network, at))
        yield report(network, source, actor=actor, day=at, under=under)
