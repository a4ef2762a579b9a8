"""Who is told what when an order moves: outbox rows only, written in the verb's transaction."""

from __future__ import annotations

from typing import Any

from gridpact.grid.models import Appointment, Cell
from gridpact.notify.services import tell
from gridpact.orders.events import OrderMoved
from gridpact.orgs.models import OrgMember

# verb → (template, audience rule)
_RULES = {
    "dispatch": ("order_dispatched", "handlers"),
    "verify_fail": ("order_failed", "handlers"),
    "redo": ("order_redo", "handlers"),
    "return": ("order_returned", "cell_heads"),
    "release": ("order_returned", "cell_heads"),
    "claim": ("order_claimed", "cell_heads"),
    "finish": ("order_done", "cell_heads"),
    "rate": ("order_rated", "cell_heads"),
}
_TOLD = {"accept", "reject", "dispatch", "claim", "note", "finish", "verify_pass", "redo"}


def tell_people(event: OrderMoved) -> None:
    """Leave the messages of a move: to whoever must act next, and to a reporter with an account."""
    params = {"number": event.number, "title": event.title}
    link = f"/orders/{event.number}"
    rule = _RULES.get(event.verb)
    if event.verb == "hand_over":
        kept = event.handler_post_id is not None
        rule = ("order_handed_over", "handlers") if kept else ("order_back_at_desk", "cell_heads")
    if rule is not None:
        template, audience = rule
        tell(template, params, _audience(audience, event), link)
    if event.verb in _TOLD and event.reporter_id is not None:
        users = {"rule": "users", "ids": [event.reporter_id]}
        tell("order_told", params, users, f"/o/{event.number}")


def _audience(rule: str, event: OrderMoved) -> dict[str, Any]:
    if rule == "handlers":
        return {
            "rule": rule,
            "post": event.handler_post_id,
            "org": event.handler_org_id,
            "user": event.handler_user_id,
        }
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
