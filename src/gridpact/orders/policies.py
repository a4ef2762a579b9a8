"""Who may do which move on which order (order_moves.csv, column "who")."""

from __future__ import annotations

from gridpact.core.access import Actor, policy
from gridpact.orders.choices import Kind, Klass, State
from gridpact.orders.models import Order, StandardReply
from gridpact.orders.models.sight import called_orders


def covers(actor: Actor, right: str, order: Order) -> bool:
    """A post of the actor gives `right` over the order's cell."""
    return any(order.cell.is_under(grant.cell_id) for grant in actor.grants_for(right))


def stands_over(actor: Actor, right: str, order: Order) -> bool:
    """`covers`, and while the order is sent up: from its desk or from above it."""
    return any(
        order.cell.is_under(grant.cell_id)
        and (order.state != State.ESCALATED or order.desk.is_under(grant.cell_id))
        for grant in actor.grants_for(right)
    )


def is_handler(actor: Actor, order: Order) -> bool:
    """The order is in the actor's hands: by post, for the organisation, or in person."""
    if order.handler_post_id is not None:
        return any(grant.appointment_id == order.handler_post_id for grant in actor.grants)
    if order.handler_org_id is not None:
        # An officer of the department's network has it in person, with the department behind.
        if actor.user_id is not None and order.handler_user_id == actor.user_id:
            return True
        return any(
            member.org_id == order.handler_org_id and "orders.handle_org" in member.rights
            for member in actor.memberships
        )
    return actor.user_id is not None and order.handler_user_id == actor.user_id


def is_reporter(actor: Actor, order: Order) -> bool:
    """The person who placed the order: by their account or by number and code."""
    if actor.user_id is not None and order.reporter_user_id == actor.user_id:
        return True
    return f"reporter:{order.pk}" in actor.own_rights


@policy("orders.submit")
def may_submit(actor: Actor, order: object) -> bool:
    """Anyone may place an order."""
    return True


@policy("orders.submit_for")
def may_submit_for(actor: Actor, order: object) -> bool:
    """Staff may place one on a resident's behalf."""
    return actor.has("orders.submit_for")


@policy("orders.add_words")
def may_add_words(actor: Actor, order: Order) -> bool:
    """Staff who enter orders there write down what its reporter says later."""
    return covers(actor, "orders.submit_for", order)


@policy("orders.accept")
def may_accept(actor: Actor, order: Order) -> bool:
    """Desk or head of the cell."""
    return covers(actor, "orders.accept", order)


@policy("orders.reject")
def may_reject(actor: Actor, order: Order) -> bool:
    """Desk of the cell."""
    return covers(actor, "orders.reject", order)


@policy("orders.triage")
def may_triage(actor: Actor, order: Order) -> bool:
    """Desk or head; of what was sent up, only the desk it lies with and those above."""
    return stands_over(actor, "orders.triage", order)


@policy("orders.undo")
def may_undo(actor: Actor, order: Order) -> bool:
    """Whoever may class it; the verb also asks that it was their own decision."""
    return covers(actor, "orders.triage", order)


@policy("orders.save_reply")
def may_save_reply(actor: Actor, reply: StandardReply) -> bool:
    """The district's replies: its desk. Those of a cell: the desks over it."""
    if reply.cell is None:
        return actor.has("grid.load")
    return any(reply.cell.is_under(grant.cell_id) for grant in actor.grants_for("orders.reject"))


@policy("orders.offer")
def may_offer(actor: Actor, order: Order) -> bool:
    """Desk or head."""
    return covers(actor, "orders.offer", order)


@policy("orders.dispatch")
def may_dispatch(actor: Actor, order: Order) -> bool:
    """Desk or head; of what was sent up, only the desk it lies with and those above."""
    return stands_over(actor, "orders.dispatch", order)


@policy("orders.guide")
def may_guide(actor: Actor, order: Order) -> bool:
    """Head of the grid, or a desk above it."""
    return covers(actor, "orders.guide", order)


@policy("orders.escalate")
def may_escalate(actor: Actor, order: Order) -> bool:
    """Desk or head."""
    return covers(actor, "orders.escalate", order)


@policy("orders.send_down")
def may_send_down(actor: Actor, order: Order) -> bool:
    """The desk it was sent up to, and those above."""
    return stands_over(actor, "orders.send_down", order)


@policy("orders.whistle")
def may_whistle(actor: Actor, order: Order) -> bool:
    """Township or district desk; of what was sent up, from the desk it lies with."""
    return stands_over(actor, "orders.whistle", order)


@policy("orders.report_in", "orders.report_back")
def is_called(actor: Actor, order: Order) -> bool:
    """People who act for a department that was called and has not reported back yet."""
    orgs = called_as(actor)
    if not orgs or order.caller_id is None:
        return False
    return order.assists.open().filter(org_id__in=orgs).exists()


@policy("orders.rate_assist")
def may_rate_assist(actor: Actor, order: Order) -> bool:
    """Whoever whistled: the calling desk and those above it."""
    caller = order.caller
    return caller is not None and any(
        caller.is_under(grant.cell_id) for grant in actor.grants_for("orders.whistle")
    )


@policy("orders.merge")
def may_merge(actor: Actor, order: Order) -> bool:
    """Desk or head."""
    return covers(actor, "orders.merge", order)


@policy("orders.split")
def may_split(actor: Actor, order: Order) -> bool:
    """Desk or head; of what was sent up, from the desk it lies with."""
    return stands_over(actor, "orders.split", order)


@policy("orders.urge")
def may_urge(actor: Actor, order: Order) -> bool:
    """Desk or head, or the reporter."""
    return is_reporter(actor, order) or covers(actor, "orders.urge", order)


@policy("orders.supervise", "orders.unsupervise")
def may_supervise(actor: Actor, order: Order) -> bool:
    """Desk; the clock gives cards too."""
    return covers(actor, "orders.supervise", order)


@policy("orders.contact")
def may_contact(actor: Actor, order: Order) -> bool:
    """Whoever has it, and desk or head: those who may know the reporter's phone."""
    return is_handler(actor, order) or covers(actor, "orders.reveal", order)


@policy("orders.claim")
def may_claim(actor: Actor, order: Order) -> bool:
    """A liaison for the unit, a member in person, or field staff within their cell."""
    in_hall = any(
        member.rights & {"orders.claim_org", "orders.claim_member"} for member in actor.memberships
    )
    return in_hall or covers(actor, "orders.claim_member", order)


@policy("orders.sign", "orders.start", "orders.note", "orders.finish", "orders.return")
def may_handle(actor: Actor, order: Order) -> bool:
    """The named handler."""
    return is_handler(actor, order)


@policy("orders.release")
def may_release(actor: Actor, order: Order) -> bool:
    """The claimer; an order that was dispatched is returned, not released."""
    if is_handler(actor, order):
        return True
    return actor.user_id is not None and (
        order.claims.filter(user_id=actor.user_id, released_at__isnull=True).exists()
    )


@policy("orders.verify_pass", "orders.verify_fail")
def may_verify(actor: Actor, order: Order) -> bool:
    """Desk or head, and never whoever handled or finished it."""
    if is_handler(actor, order) or (
        actor.user_id is not None and order.finished_by_id == actor.user_id
    ):
        return False
    return covers(actor, "orders.verify", order)


@policy("orders.withdraw")
def may_withdraw(actor: Actor, order: Order) -> bool:
    """The reporter."""
    return is_reporter(actor, order)


@policy("orders.join")
def may_join(actor: Actor, order: Order) -> bool:
    """Anyone, as long as the order stands on the board."""
    return order.is_public


@policy("orders.rate")
def may_rate(actor: Actor, order: Order) -> bool:
    """The reporter, or the desk calling back; never the handler."""
    if is_reporter(actor, order):
        return True
    return covers(actor, "orders.callback", order) and not is_handler(actor, order)


@policy("orders.close")
def may_close(actor: Actor, order: Order) -> bool:
    """Desk."""
    return covers(actor, "orders.close", order) and not is_handler(actor, order)


@policy("orders.ask_extension")
def may_ask_extension(actor: Actor, order: Order) -> bool:
    """The named handler."""
    return is_handler(actor, order)


@policy("orders.extend", "orders.refuse_extension")
def may_extend(actor: Actor, order: Order) -> bool:
    """Desk, never for what it handles itself."""
    return covers(actor, "orders.extend", order) and not is_handler(actor, order)


@policy("orders.suspend", "orders.resume")
def may_suspend(actor: Actor, order: Order) -> bool:
    """Desk."""
    return covers(actor, "orders.suspend", order)


@policy("orders.redo", "orders.hand_over", "orders.take_over", "orders.review", "orders.mark")
def may_redo(actor: Actor, order: Order) -> bool:
    """Only the system: on an unhappy answer, when a term is over, and by the clock."""
    return actor.is_system


@policy("orders.reveal")
def may_reveal(actor: Actor, order: Order) -> bool:
    """Desk or head, or the handler who must reach the resident."""
    return covers(actor, "orders.reveal", order) or is_handler(actor, order)


@policy("orders.load")
def may_load(actor: Actor, order: object) -> bool:
    """Desks load files."""
    return actor.has("orders.load")


@policy("orders.save_category")
def may_save_category(actor: Actor, category: object) -> bool:
    """Categories are the district's: its desk keeps them."""
    return actor.has("grid.load")


def sees_text(actor: Actor, order: Order) -> bool:
    """Full text and address: staff of the cell, handler and reporter; the hall sees a mask."""
    if actor.is_system or is_handler(actor, order) or is_reporter(actor, order):
        return True
    return covers(actor, "orders.read", order) or (
        order.caller_id is not None and order.pk in called_orders(actor)
    )


_SAID_ONLY = (Kind.CONSULTATION, Kind.SUGGESTION, Kind.DISPUTE)


def is_outdoor(order: Order) -> bool:
    """Something to be seen at a point of the map: neither at home nor a matter of words."""
    return order.lon is not None and order.klass != Klass.PRIVATE and order.kind not in _SAID_ONLY


def called_as(actor: Actor) -> list[int]:
    """The organisations for which this person answers when they are called."""
    return [m.org_id for m in actor.memberships if "orders.handle_org" in m.rights]


def is_offered(order: Order) -> bool:
    """In the claim hall now."""
    return order.state == State.OFFERED
