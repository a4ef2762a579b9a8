"""What handlers do: claim, sign, return, release, start, report progress, finish with proof."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.orders.choices import PhotoRole, State
from gridpact.orders.models import Claim, Order, Photo
from gridpact.orders.policies import is_outdoor
from gridpact.orders.services.engine import VERBS, Line, clear_handler, move, need
from gridpact.orders.services.photos import attach_photos
from gridpact.orders.services.upward import raise_desk
from gridpact.orders.services.whistle import lead_is_back

VERBS.update({"claim", "sign", "return", "release", "start", "note", "finish"})


def claim_order(order: Order, *, actor: Actor, org_id: int | None = None, note: str = "") -> Order:
    """OFFERED → CLAIMED while a place is free: one place per person, first come first served.

    A liaison claims for their unit (`org_id`, needed only with several units), others in person.
    While places remain the order stays OFFERED, so that the next claimer finds it.
    """
    if actor.user_id is None:
        raise Refused("sign_in", 403)
    user_id = actor.user_id
    liaison = [m for m in actor.memberships if "orders.claim_org" in m.rights]
    if org_id is not None and org_id not in {m.org_id for m in liaison}:
        raise Refused("forbidden", 403)
    unit = org_id or (liaison[0].org_id if liaison else None)

    def change(fresh: Order) -> Line:
        if fresh.slots_free < 1:
            raise Refused("no_place_left", 409)
        if fresh.offered_until is not None and fresh.offered_until < clock.now():
            raise Refused("offer_over", 409)
        if fresh.claims.filter(user_id=user_id, released_at__isnull=True).exists():
            raise Refused("claimed_already", 409)
        Claim.objects.create(
            order=fresh, user_id=user_id, org_id=unit, by_member=unit is None, at=clock.now()
        )
        fresh.slots_free -= 1
        if fresh.handler_org_id is None and fresh.handler_user_id is None:
            # The first claimer leads; later ones are found in the claims.
            clear_handler(fresh)
            fresh.handler_org_id = unit
            fresh.handler_user_id = None if unit else user_id
        return Line(note, stay=fresh.slots_free > 0)

    return move(order, "claim", actor=actor, change=change)


def sign_order(order: Order, *, actor: Actor, note: str = "") -> Order:
    """DISPATCHED → CLAIMED: the named handler signs; the first receiver stays responsible."""
    return move(order, "sign", actor=actor, change=lambda _: note)


def return_order(order: Order, *, actor: Actor, reason: str) -> Order:
    """DISPATCHED | CLAIMED → TRIAGED, once per holder; the second return goes one level up."""

    def change(fresh: Order) -> Line:
        why = need(reason, "reason")
        if fresh.log.filter(verb="return", actor_id=actor.user_id).exists():
            raise Refused("returned_already", 409)
        if fresh.claims.filter(released_at__isnull=True).exists():
            raise Refused("release_instead", 409)
        fresh.returns += 1
        clear_handler(fresh)
        if fresh.returns >= 2:
            fresh.state = State.ESCALATED
            raise_desk(fresh, from_cell=fresh.desk, refuse=False)
        return Line(why)

    return move(order, "return", actor=actor, change=change)


def release_order(order: Order, *, actor: Actor, reason: str) -> Order:
    """CLAIMED → OFFERED: the claimer gives the place back."""

    def change(fresh: Order) -> Line:
        why = need(reason, "reason")
        mine = fresh.claims.filter(released_at__isnull=True).filter(
            Q(user=actor.user_id) | Q(org_id__in=actor.org_ids)
        )
        if not mine.update(released_at=clock.now()):
            raise Refused("not_claimed", 409)
        taken = fresh.claims.filter(released_at__isnull=True).count()
        fresh.slots_free = fresh.slots - taken
        clear_handler(fresh)
        heir = fresh.claims.filter(released_at__isnull=True).order_by("id").first()
        if heir is not None:
            fresh.handler_org_id, fresh.handler_user_id = (
                heir.org_id,
                None if heir.org_id else heir.user_id,
            )
        return Line(why)

    return move(order, "release", actor=actor, change=change)


def start_order(order: Order, *, actor: Actor, note: str = "") -> Order:
    """CLAIMED → HANDLING."""
    return move(order, "start", actor=actor, change=lambda _: note)


def note_order(order: Order, *, actor: Actor, note: str) -> Order:
    """HANDLING | SUSPENDED stays: a progress note that the resident reads too."""

    def change(_: Order) -> Line:
        text = need(note, "note")
        return Line(text, told=text)

    return move(order, "note", actor=actor, change=change)


def finish_order(
    order: Order,
    *,
    actor: Actor,
    answer: str,
    proof: Sequence[UUID],
    before: Sequence[UUID] = (),
    reason: str = "",
) -> Order:
    """HANDLING → DONE with a plain-language answer and at least one uploaded proof.

    `before` are photos from before the work. Outdoors one of the proofs must be a photo
    (domain.md §4: outdoor, before and after). The lead of a whistle finishes when all who were
    called have reported back, or says in `reason` why without them.
    """

    def change(fresh: Order) -> Line:
        said = need(answer, "answer")
        if not proof:
            raise Refused("no_proof", 422, field="proof")
        without = lead_is_back(fresh, actor, said, reason)
        _attach_proof(fresh, proof, before, actor)
        fresh.answer = said
        fresh.finished_at = clock.now()
        fresh.finished_by_id = actor.user_id
        return Line("\n".join(filter(None, (said, without))), told=said)

    return move(order, "finish", actor=actor, change=change)


def _attach_proof(
    order: Order, proof: Sequence[UUID], before: Sequence[UUID], actor: Actor
) -> None:
    """Attach photos of before and after; a document proves, but shows no result."""
    attach_photos(order, before, actor=actor, role=PhotoRole.BEFORE)
    attach_photos(order, proof, actor=actor, role=PhotoRole.AFTER)
    mine = Photo.objects.filter(order=order, pk__in=[*proof, *before])
    mine.filter(kind="pdf").update(role=PhotoRole.DOCUMENT)
    shows_result = mine.filter(role=PhotoRole.AFTER).exists()
    if is_outdoor(order) and not shows_result:
        raise Refused("photo_after_missing", 422, field="proof")
