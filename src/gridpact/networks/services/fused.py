"""Keeping the fusion of each network in step with the tree, the day and what was loaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from django.db import transaction

from gridpact.core import clock
from gridpact.grid.tree import current_version, tree
from gridpact.networks.models import Fused, FusionShare, Network
from gridpact.networks.selectors.fusing import Laid, lay


def fused(networks: Iterable[Network]) -> dict[int, Fused]:
    """The fusion of today of each network, by network id; what is out of date is made anew.

    It is a cache: refreshing it on a read changes nothing anybody decided. One query when fresh.
    """
    wanted = {network.pk: network for network in networks}
    version, today = current_version(), clock.today()
    kept = {row.network_id: row for row in Fused.objects.filter(network__in=wanted)}
    for pk, network in wanted.items():
        row = kept.get(pk)
        if row is None or (row.tree_version, row.day) != (version, today):
            kept[pk] = refresh(network)
    return kept


@transaction.atomic
def refresh(network: Network) -> Fused:
    """Lay a network over today's grids and keep the result; whoever comes second waits."""
    locked = Network.objects.select_for_update(of=("self",)).get(pk=network.pk)
    row = Fused.objects.filter(network=locked).first()
    if row is not None and (row.tree_version, row.day) == (current_version(), clock.today()):
        return row
    laid = lay(locked, clock.today())
    _keep_shares(locked, laid)
    row = row or Fused(network=locked)
    row.tree_version, row.day, row.made_at = laid.tree_version, laid.day, clock.now()
    row.found = {
        "gaps": [asdict(each) for each in laid.fusion.gaps],
        "overlaps": [asdict(each) for each in laid.fusion.overlaps],
        "doubles": [asdict(each) for each in laid.fusion.doubles],
        "outside": [asdict(each) for each in laid.fusion.outside],
        "lost": laid.lost,
    }
    row.save()
    return row


def _keep_shares(network: Network, laid: Laid) -> None:
    FusionShare.objects.filter(network_cell__network=network).delete()
    theirs = dict(network.cells.on(laid.day).values_list("code", "pk"))
    ours = tree().by_code
    FusionShare.objects.bulk_create(
        [
            FusionShare(
                network_cell_id=theirs[share.network_code],
                cell_id=ours[row.code].id,
                of_ours=share.of_ours,
                of_theirs=share.of_theirs,
            )
            for row in laid.fusion.rows
            for share in row.shares
        ],
        batch_size=5000,
    )
