"""What Party bodies were on other days: kept by the verbs, read by tree, map and pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Min, Q

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.core.among import among
from gridpact.grid.choices import RANK, Level
from gridpact.grid.days import dated
from gridpact.orgs.models import PartyOrg, PartyVersion, PartyVersionQuerySet


def keep_version(body: PartyOrg, day: date | None = None) -> None:
    """Note what `body` is from `day` (today) on; call it in the transaction of each change.

    Several changes on one day leave one version; a dissolved body has none that runs on.
    """
    today = day or clock.today()
    running = body.versions.filter(valid_until__isnull=True).order_by("-valid_from").first()
    if running is not None and body.is_active and _facts(running) == _facts(body):
        return
    if running is not None and running.valid_from >= today:
        running.delete()
    elif running is not None:
        running.valid_until = today
        running.save(update_fields=["valid_until"])
    if body.is_active:
        version_of(body, today).save()


def version_of(body: PartyOrg, since: date) -> PartyVersion:
    """The body as it is, as a version from `since` on; not saved."""
    return PartyVersion(
        body=body, valid_from=since, name=body.name, parent_id=body.parent_id,
        cell_id=body.cell_id, secretary_id=body.secretary_id,
    )  # fmt: skip


def _facts(row: PartyOrg | PartyVersion) -> tuple[object, ...]:
    return row.name, row.parent_id, row.cell_id, row.secretary_id


def forget_move(body_id: int, cell_id: int) -> None:
    """Take back the last move of a body, as if it had always stood on the cell `cell_id`."""
    running = PartyVersion.objects.filter(body_id=body_id, valid_until__isnull=True).first()
    if running is None:
        return
    before = PartyVersion.objects.filter(body_id=body_id, valid_until=running.valid_from).first()
    running.cell_id = cell_id
    if before is not None and _facts(before) == _facts(running):
        running.delete()
        before.valid_until = None
        before.save(update_fields=["valid_until"])
        return
    running.save(update_fields=["cell_id"])


def kept_since() -> date | None:
    """The first day of which anything is known; None while there is no body."""
    first: date | None = PartyVersion.objects.aggregate(first=Min("valid_from"))["first"]
    return first


def on_cells(day: date, cell_ids: Iterable[int]) -> PartyVersionQuerySet:
    """The versions of the day that stood on these cells, with what their rows name."""
    rows = PartyVersion.objects.at(day).filter(cell_id__in=among(cell_ids))
    return rows.select_related("body", "secretary")


def bodies_on(actor: Actor, day: date) -> list[PartyOrg]:
    """The bodies as they stood on `day`, on the ground that lay under the actor's posts then.

    Those without a cell are for whoever reads a whole district, as today.
    """
    net = dated(actor, day)
    seen = [ref.id for root in net.roots for ref in net.tree.under(root.id)]
    here = Q(cell_id__in=among(seen))
    if any(RANK[one.level] <= RANK[Level.DISTRICT] for one in actor.grants_for("grid.read")):
        here |= Q(cell__isnull=True)
    rows = PartyVersion.objects.at(day).filter(here).order_by("body__code")
    rows = rows.select_related("body", "cell", "parent", "secretary").defer("cell__boundary")
    return [version.as_body() for version in rows]
