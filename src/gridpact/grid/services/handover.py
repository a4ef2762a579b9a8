"""When a term is over, its open work goes on: to the successor, else to the head above."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, require
from gridpact.core.events import publish
from gridpact.grid.events import TermEnded
from gridpact.grid.models import Appointment

BATCH = 200


def heir_of(post: Appointment) -> tuple[Appointment | None, bool]:
    """Who takes the open work of a post today, and whether they hold the same post.

    The same post on the same cell comes first (a holder before a deputy), then the nearest head
    above; None means the work goes back to the desk.
    """
    held = Appointment.objects.in_term().filter(user__is_active=True).exclude(pk=post.pk)
    same = held.filter(cell_id=post.cell_id, kind_id=post.kind_id)
    successor = same.order_by(F("acting_for_id").asc(nulls_first=True), "-starts", "pk").first()
    if successor is not None:
        return successor, True
    above = post.cell.path_ids[:-1]
    heads = held.filter(cell_id__in=above, kind__is_head=True).order_by("pk")
    nearest = sorted(heads, key=lambda row: (-above.index(row.cell_id), row.acting_for_id or 0))
    return (nearest[0] if nearest else None), False


def hand_over(post: Appointment, *, actor: Actor) -> None:
    """Tell everybody that this term is over and who takes the work; the caller holds the lock."""
    heir, is_successor = heir_of(post)
    post.handed_over_at = clock.now()
    post.save(update_fields=["handed_over_at"])
    after = str(heir.pk) if heir is not None else "desk"
    audit.record(actor, "grid.hand_over", post, after=audit.fingerprint(after))
    assert post.ends is not None
    publish(
        TermEnded(post.pk, post.cell_id, post.ends, heir.pk if heir else None, is_successor)
    )  # fmt: skip


@transaction.atomic
def hand_over_due(*, actor: Actor) -> int:
    """Hand over up to 200 terms that ran out; returns how many. Safe with several workers."""
    require(actor, "grid.hand_over")
    over = Appointment.objects.over().filter(handed_over_at__isnull=True)
    rows = over.select_for_update(of=("self",), skip_locked=True).select_related(
        "kind", "cell", "user"
    )
    posts = list(rows.defer("cell__boundary").order_by("ends", "pk")[:BATCH])
    for post in posts:
        hand_over(post, actor=actor)
    return len(posts)
