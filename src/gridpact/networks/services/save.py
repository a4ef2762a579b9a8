"""Keeping the networks themselves."""

from __future__ import annotations

from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core.access import Actor, Refused, require
from gridpact.grid.models import TreeVersion
from gridpact.networks.models import Fused, Network
from gridpact.orgs.choices import OrgKind


@transaction.atomic
def save_network(network: Network, *, actor: Actor) -> Network:
    """Keep `network` as it is given: a new one, or changed facts of a standing one (by pk).

    The same facts change nothing. Raises `Refused`: forbidden, network_code_taken,
    network_not_department, network_shares.
    """
    require(actor, "networks.save", network)
    TreeVersion.objects.select_for_update().first()  # as a load: two of one code cannot come in
    stored = Network.objects.select_for_update(of=("self",)).filter(pk=network.pk).first()
    if Network.objects.filter(code=network.code).exclude(pk=network.pk).exists():
        raise Refused("network_code_taken", 409, code=network.code, field="code")
    if network.org.kind != OrgKind.DEPARTMENT:
        raise Refused("network_not_department", 422, name=network.org.name, field="org")
    if not 0 < network.share_touch <= network.share_in <= 1:
        raise Refused("network_shares", 422, field="share_touch")
    before = audit.fingerprint(*_facts(stored)) if stored is not None else ""
    after = audit.fingerprint(*_facts(network))
    if before == after and stored is not None:
        return stored
    network.save()
    Fused.objects.filter(network=network).delete()  # the shares may mean something else now
    audit.record(actor, "networks.save", network, before=before, after=after)
    return network


def _facts(network: Network) -> tuple[object, ...]:
    return (
        network.code, network.name, network.org_id, network.note, network.share_in,
        network.share_touch, network.is_active,
    )  # fmt: skip
