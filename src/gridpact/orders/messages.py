"""Who is told what when an order moves: outbox rows only, written in the verb's transaction."""

from __future__ import annotations

from typing import Any

from gridpact.accounts.models import User
from gridpact.grid.models import Appointment, Cell
from gridpact.notify.services import tell
from gridpact.orders.choices import ENDED, State
from gridpact.orders.events import OrderMoved
from gridpact.orders.models import Affected, Assist, Order
from gridpact.orgs.models import OrgMember

# verb → [(template, audience rule)]
_RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "dispatch": (("order_dispatched", "handlers"),),
    "guide": (("order_guided", "handlers"),),
    "escalate": (("order_sent_up", "desk"),),
    "send_down": (("order_sent_down", "cell_heads"),),
    "undo": (("order_taken_back", "handlers"),),
    "verify_fail": (("order_failed", "handlers"),),
    "redo": (("order_redo", "handlers"),),
    "return": (("order_returned", "cell_heads"),),
    "release": (("order_returned", "cell_heads"),),
    "claim": (("order_claimed", "cell_heads"),),
    "finish": (("order_done", "cell_heads"),),
    "rate": (("order_rated", "cell_heads"),),
    "urge": (("order_urged", "handlers"), ("order_urged", "cell_heads")),
    "supervise": (("order_supervised", "handlers"), ("order_supervised", "desk_above")),
    "unsupervise": (("order_unsupervised", "handlers"),),
    "report_in": (("order_here", "caller"),),
    "ask_extension": (("order_extension_asked", "cell_heads"),),
    "extend": (("order_extended", "handlers"),),
    "refuse_extension": (("order_extension_refused", "handlers"),),
    "suspend": (("order_suspended", "handlers"),),
    "resume": (("order_resumed", "handlers"),),
    "take_over": (("order_taken_over", "cell_heads"),),
    "review": (("order_review", "cell_heads"),),
    "report_back": (("order_back", "caller"), ("order_back", "handlers")),
}
_TOLD = {
    "accept", "reject", "dispatch", "guide", "claim", "note", "finish", "verify_pass", "redo",
    "merge", "extend", "suspend", "resume", "take_over",
}  # fmt: skip
# What the reporters of orders that were merged into this one are told as well.
_TOLD_MERGED = {"finish", "verify_pass", "redo"}


def tell_people(event: OrderMoved) -> None:
    """Leave the messages of a move: to whoever must act next, and to a reporter with an account."""
    params = {"number": event.number, "title": event.title}
    link = f"/orders/{event.number}"
    for template, audience in _rules_of(event):
        _tell(event, template, params, _audience(audience, event), link)
    if event.verb in _TOLD and event.reporter_id is not None:
        users = {"rule": "users", "ids": [event.reporter_id]}
        _tell(event, "order_told", params, users, f"/o/{event.number}")
    tell_ties(event)


def _rules_of(event: OrderMoved) -> tuple[tuple[str, str], ...]:
    if event.verb == "hand_over":
        kept = event.handler_post_id is not None
        return (
            (("order_handed_over", "handlers"),)
            if kept
            else (("order_back_at_desk", "cell_heads"),)
        )
    if event.verb == "return" and event.after == State.ESCALATED:
        return (*_RULES["return"], ("order_sent_up", "desk"))
    return _RULES.get(event.verb, ())


def tell_ties(event: OrderMoved) -> None:
    """Messages that reach beyond the order: called departments, merged orders, the parent."""
    if event.verb == "whistle":
        _tell_called(event)
    elif event.verb == "rate_assist":
        _tell_rated(event)
    elif event.verb == "merge":
        _tell_target(event)
    if event.verb in _TOLD_MERGED:
        _tell_merged(event)
    if event.verb == "verify_pass":
        _tell_affected(event)
    if event.after in ENDED and event.before not in ENDED:
        _tell_parent(event)


def _tell_called(event: OrderMoved) -> None:
    """Whom the last whistle called; who was called before is not called again."""
    calls = list(Assist.objects.filter(order_id=event.order_id).values_list("called_at", "org_id"))
    last = max(at for at, _org in calls)
    orgs = {"rule": "orgs", "ids": [org for at, org in calls if at == last]}
    params = {"number": event.number, "title": event.title}
    _tell(event, "order_whistled", params, orgs, f"/orders/{event.number}")


def _tell_rated(event: OrderMoved) -> None:
    rows = Assist.objects.filter(order_id=event.order_id, rated_at__isnull=False)
    org = rows.order_by("-rated_at", "-pk").values_list("org_id", flat=True).first()
    params = {"number": event.number, "title": event.title}
    whom = {"rule": "orgs", "ids": [org]}
    _tell(event, "order_stars", params, whom, f"/orders/{event.number}")


def _tell_target(event: OrderMoved) -> None:
    """Handler and desk of the order that took this one in."""
    target = Order.objects.get(merged__pk=event.order_id)
    _tell_both(event, "order_merged", target)


def _tell_merged(event: OrderMoved) -> None:
    """Each reporter of a merged order is told under their own number."""
    merged = Order.objects.filter(merged_into=event.order_id, reporter_user__isnull=False)
    for number, title, user in merged.values_list("number", "title", "reporter_user_id"):
        params = {"number": number, "title": title}
        whom = {"rule": "users", "ids": [user]}
        _tell(event, "order_told", params, whom, f"/o/{number}")


def _tell_affected(event: OrderMoved) -> None:
    """Others whom a public matter affects too, as far as they have an account with that phone."""
    shown = Order.objects.filter(pk=event.order_id, is_public=True, affected__gt=0)
    if shown.exists():
        params = {"number": event.number, "title": event.title}
        others = {"rule": "affected", "order": event.order_id}
        _tell(event, "order_affects", params, others, f"/o/{event.number}")


def _tell_parent(event: OrderMoved) -> None:
    """The last child has ended: whoever has the parent can go on."""
    parent = Order.objects.filter(children__pk=event.order_id).first()
    if parent is not None and parent.is_open and not parent.children.open().exists():
        _tell_both(event, "order_parts_done", parent)


def _tell_both(event: OrderMoved, template: str, order: Order) -> None:
    """To the handler of `order`, and to its desk and heads."""
    params = {"number": order.number, "title": order.title}
    link = f"/orders/{order.number}"
    hands = {
        "rule": "handlers", "post": order.handler_post_id, "org": order.handler_org_id,
        "user": order.handler_user_id,
    }  # fmt: skip
    if any((hands["post"], hands["org"], hands["user"])):
        _tell(event, template, params, hands, link)
    heads = {"rule": "cell_heads", "cell": order.cell_id, "desk": order.desk_id}
    _tell(event, template, params, heads, link)


def _tell(
    event: OrderMoved, template: str, params: dict[str, Any], audience: dict[str, Any], link: str
) -> None:
    """A message of this move; what nobody did and what is not urgent may wait for the morning.

    Who made the move knows of it already.
    """
    if event.actor_user_id is not None:
        audience = {**audience, "but": event.actor_user_id}
    tell(template, params, audience, link, can_wait=event.can_wait)


def _audience(rule: str, event: OrderMoved) -> dict[str, Any]:
    if rule == "handlers":
        return {
            "rule": rule,
            "post": event.handler_post_id,
            "org": event.handler_org_id,
            "user": event.handler_user_id,
        }
    if rule == "caller":
        caller = Order.objects.filter(pk=event.order_id).values_list("caller_id", flat=True).get()
        return {"rule": "desk", "desk": caller}
    return {"rule": rule, "cell": event.cell_id, "desk": event.desk_id}


def cell_heads(audience: dict[str, Any]) -> list[int]:
    """Desk and heads that answer for the cell: every post up to the desk that may accept orders."""
    cell = Cell.objects.get(pk=audience["cell"])
    desk = audience.get("desk") or cell.pk
    path = cell.path_ids
    chain = path[path.index(desk) :] if desk in path else (cell.pk, desk)
    rows = Appointment.objects.in_term().filter(cell_id__in=chain).select_related("kind")
    return [row.user_id for row in rows if "orders.accept" in row.kind.rights]


def handlers(audience: dict[str, Any]) -> list[int]:
    """The person of the post, the officer and people of the organisation, the member in person."""
    if audience.get("post"):
        return list(
            Appointment.objects.filter(pk=audience["post"]).values_list("user_id", flat=True)
        )
    person = [audience["user"]] if audience.get("user") else []
    if audience.get("org"):
        members = (
            OrgMember.objects.in_term()
            .filter(org_id=audience["org"], role__in=("LIAISON", "HANDLER"))
            .values_list("user_id", flat=True)
        )
        return [*person, *members.exclude(user_id__in=person)]
    return person


def users(audience: dict[str, Any]) -> list[int]:
    """Named users."""
    return list(audience.get("ids", ()))


def orgs(audience: dict[str, Any]) -> list[int]:
    """Those who act for the named organisations."""
    members = OrgMember.objects.in_term().filter(
        org_id__in=audience["ids"], role__in=("LIAISON", "HANDLER")
    )
    return list(members.values_list("user_id", flat=True).distinct())


def desk(audience: dict[str, Any]) -> list[int]:
    """The desk alone: posts on its cell that may accept orders."""
    return _at_desk(audience["desk"])


def desk_above(audience: dict[str, Any]) -> list[int]:
    """The desk one level above; the desk itself where there is none."""
    here = Cell.objects.get(pk=audience["desk"])
    return (_at_desk(here.parent_id) if here.parent_id else []) or _at_desk(here.pk)


def _at_desk(cell_id: int) -> list[int]:
    rows = Appointment.objects.in_term().filter(cell_id=cell_id).select_related("kind")
    return [row.user_id for row in rows if "orders.accept" in row.kind.rights]


def affected(audience: dict[str, Any]) -> list[int]:
    """Accounts with the phone of somebody whom the order affects too."""
    digests = Affected.objects.filter(order_id=audience["order"], from_order__isnull=True)
    users = User.objects.filter(phone_digest__in=digests.values("phone_digest"), is_active=True)
    return list(users.exclude(phone_digest="").values_list("pk", flat=True))


def owner_and_above(audience: dict[str, Any]) -> list[int]:
    """Whoever has the order, or its desk; the next level up; of a red card one level more."""
    owners = handlers(audience)
    desk = Cell.objects.defer("boundary").get(pk=audience["desk"])
    above = list(reversed(desk.path_ids))  # the desk itself first
    levels = (1 if owners else 2) + bool(audience.get("urgent"))
    rows = Appointment.objects.in_term().filter(cell_id__in=above[:levels]).select_related("kind")
    return [*owners, *(row.user_id for row in rows if "orders.accept" in row.kind.rights)]
