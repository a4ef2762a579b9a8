"""What desks and heads do: accept, reject, triage, offer, dispatch, verify, close."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.grid.models import Appointment
from gridpact.orders.choices import Klass
from gridpact.orders.models import Category, Decision, Order
from gridpact.orders.selectors import officers_of
from gridpact.orders.services.engine import VERBS, Line, clear_handler, move, need
from gridpact.orders.services.residents.contact import start_contact_clock
from gridpact.orders.services.wholes import hide_parts, is_part_of_private
from gridpact.orgs.models import Org

VERBS.update(
    {"accept", "reject", "triage", "offer", "dispatch", "verify_pass", "verify_fail", "close"}
)
MAX_SLOTS = 200
MAX_CHILDREN_NAMED = 20


@dataclass(frozen=True, slots=True)
class Target:
    """Whom an order is dispatched to: exactly one of these.

    post: appointment id; officer: id of the department's network cell whose officer gets it.
    """

    post: int | None = None
    org: int | None = None
    officer: int | None = None


def accept_order(order: Order, *, actor: Actor, note: str = "") -> Order:
    """SUBMITTED → ACCEPTED: the desk or head takes it in."""

    def change(fresh: Order) -> Line:
        start_contact_clock(fresh)
        return Line(note)

    return move(order, "accept", actor=actor, change=change)


def reject_order(order: Order, *, actor: Actor, reason: str) -> Order:
    """SUBMITTED → REJECTED; the reason is told to the reporter."""

    def change(fresh: Order) -> Line:
        why = need(reason, "reason")
        fresh.closed_at = clock.now()
        fresh.is_public = False
        return Line(why, told=why)

    return move(order, "reject", actor=actor, change=change)


def triage_order(
    order: Order, *, actor: Actor, klass: str, reason: str, category: Category | None = None
) -> Order:
    """ACCEPTED | TRIAGED | ESCALATED → TRIAGED with one of the four classes and a reason.

    A private matter leaves every public page at once; the others may be shown masked. Every
    decision is kept, so that an order classed anew can be counted.
    """

    def change(fresh: Order) -> Line:
        if klass not in Klass.values:
            raise Refused(
                "unknown_class",
                422,
                field="class",
                given=klass or "–",
                allowed=", ".join(Klass.values),
            )
        why = need(reason, "reason")
        Decision.objects.create(
            order=fresh,
            at=clock.now(),
            klass=klass,
            before=fresh.klass,
            reason=why,
            by_id=actor.user_id,
            post=actor.post_label[:80],
        )
        fresh.klass = klass
        hidden = klass == Klass.PRIVATE
        if hidden:
            hide_parts(fresh)
        fresh.is_public = not hidden and not is_part_of_private(fresh)
        if category is not None:
            fresh.category = category
        clear_handler(fresh)
        return Line(f"{Klass(klass).label}: {why}")

    return move(order, "triage", actor=actor, change=change)


def offer_order(
    order: Order,
    *,
    actor: Actor,
    slots: int = 1,
    until: datetime | None = None,
    skill: str = "",
    note: str = "",
) -> Order:
    """TRIAGED → OFFERED: an easy matter goes into the claim hall with 1–200 places."""

    def change(fresh: Order) -> Line:
        if not 1 <= slots <= MAX_SLOTS:
            raise Refused("slots_range", 422, field="slots", given=slots, most=MAX_SLOTS)
        if until is not None and until <= clock.now():
            raise Refused("until_past", 422, field="until")
        if fresh.klass != Klass.EASY:
            raise Refused("only_easy", 409, klass=fresh.get_klass_display() or "–")
        fresh.slots = fresh.slots_free = slots
        fresh.offered_until = until
        fresh.skill = skill.strip()[:40]
        return Line(note)

    return move(order, "offer", actor=actor, change=change)


def dispatch_order(order: Order, *, actor: Actor, to: Target, note: str = "") -> Order:
    """TRIAGED | OFFERED | ESCALATED → DISPATCHED to a named post in term or an organisation."""

    def change(fresh: Order) -> Line:
        clear_handler(fresh)
        _hand_to(fresh, to)
        fresh.slots_free = 0
        fresh.claims.filter(released_at__isnull=True).update(released_at=clock.now())
        lines = [f"→ {fresh.handler_label}", note.strip()]
        return Line("\n".join(filter(None, lines)))

    return move(order, "dispatch", actor=actor, change=change)


def _hand_to(order: Order, to: Target) -> None:
    """Set the handlers of an order; an officer answers with the department behind."""
    if sum(each is not None for each in (to.post, to.org, to.officer)) != 1:
        raise Refused("one_target", 422, field="to")
    if to.officer is None:
        order.handler_post, order.handler_org = _resolve(to)
        return
    here = {cell.pk: cell for cell in officers_of(order)}
    if to.officer not in here:
        raise Refused("unknown_target", 422, field="officer", given=to.officer)
    cell = here[to.officer]
    order.handler_org = cell.department
    if cell.officer is not None and cell.officer.is_active:
        order.handler_user = cell.officer


def _resolve(to: Target) -> tuple[Appointment | None, Org | None]:
    if to.post is not None:
        rows = Appointment.objects.in_term().select_related("kind", "cell", "user")
        post = rows.filter(pk=to.post, user__is_active=True).first()
        if post is None:
            raise Refused("unknown_target", 422, field="post", given=to.post)
        return post, None
    org = Org.objects.active().filter(pk=to.org or 0).first()
    if org is None:
        raise Refused("unknown_target", 422, field="org", given=to.org)
    return None, org


def verify_pass_order(order: Order, *, actor: Actor, note: str = "") -> Order:
    """DONE → VERIFIED by somebody else than the handler."""

    def change(fresh: Order) -> Line:
        _no_open_child(fresh)
        fresh.verified_at = clock.now()
        return Line(note)

    return move(order, "verify_pass", actor=actor, change=change)


def verify_fail_order(order: Order, *, actor: Actor, reason: str) -> Order:
    """DONE → HANDLING: counts as rework, goes back to the same handler."""

    def change(fresh: Order) -> Line:
        why = need(reason, "reason")
        fresh.finished_at = None
        return Line(why)

    return move(order, "verify_fail", actor=actor, change=change)


def close_order(order: Order, *, actor: Actor, note: str = "") -> Order:
    """VERIFIED → CLOSED when the call-back is done or the rating time is over."""

    def change(fresh: Order) -> Line:
        _no_open_child(fresh)
        fresh.closed_at = clock.now()
        return Line(note)

    return move(order, "close", actor=actor, change=change)


def _no_open_child(order: Order) -> None:
    """A parent ends after its children; refuses by naming those that are open."""
    rows = order.children.open().order_by("pk").values_list("number", flat=True)
    still = list(rows[:MAX_CHILDREN_NAMED])
    if still:
        raise Refused("children_open", 409, numbers=", ".join(still))
