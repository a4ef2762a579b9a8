"""Orders as they stood on a past day, as JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict

from gridpact.core.access import Actor, Refused
from gridpact.core.edge import answer
from gridpact.core.masking import mask_text
from gridpact.grid.choices import RANK, Level
from gridpact.orders.api.asked import wrong_filter
from gridpact.orders.api.shapes import category_json, steps_json, timeline_json
from gridpact.orders.choices import Light
from gridpact.orders.forms import PastFilter
from gridpact.orders.models import Order
from gridpact.orders.policies import sees_text
from gridpact.orders.selectors import COUNT_CAP, capped_count
from gridpact.orders.selectors.past import NEWEST_FIRST, AsItWas, PastDay
from gridpact.ui.paging import keyset_page

_NOT_BY_DAY = ("light", "sort")


def past_orders(
    asked: QueryDict, past: PastDay, actor: Actor, page_of: tuple[str, int]
) -> HttpResponse:
    """What was open at the end of the day; `page_of` is the cursor and the size of the page."""
    for name in _NOT_BY_DAY:
        if asked.get(name):
            raise Refused("not_by_day", 422, field=name)
    form = PastFilter(asked, past)
    if not form.is_valid():
        return wrong_filter(form)
    rows = form.rows(actor)
    cursor, limit = page_of
    page = keyset_page(rows.for_rows(), NEWEST_FIRST, cursor or None, limit)
    count = capped_count(rows)
    items = [item_then(was, past, actor) for was in past.as_they_were(page.items, actor)]
    return answer(
        {
            "as_of": past.day,
            "items": items,
            "count": count if count < COUNT_CAP else None,
            "next": page.next,
        }
    )


def item_then(was: AsItWas, past: PastDay, actor: Actor) -> dict[str, Any]:
    """An order of a past day; out of sight today it is masked."""
    order, seen = was.order, sees_text(actor, was.order)
    due = was.step.due_at if was.step else None
    return {
        "number": order.number,
        "state": was.state,
        "class": order.klass or None,
        "kind": order.kind,
        "title": order.title if seen else mask_text(order.title),
        "category": category_json(order),
        "cell": _cell(was, past, seen=seen),
        "step": was.step.step if was.step else None,
        "owner": was.owner if seen else "",
        "due_at": due,
        "light": Light(was.light).name.lower(),
        "overdue": due is not None and due < past.end,
        "created_at": order.created_at,
        "promised_at": order.promised_at,
        "in_sight": was.in_sight,
    }


def _cell(was: AsItWas, past: PastDay, *, seen: bool) -> dict[str, str]:
    """The cell of the day; down to the building for those who do not read the order."""
    ref = was.ref
    if ref is not None and not seen and RANK[ref.level] > RANK[Level.MICRO_GRID]:
        ref = past.tree.by_id.get(ref.parent_id or 0)
    if ref is None:
        return {"code": "", "name": "", "path": ""}
    return {"code": ref.code, "name": ref.name, "path": past.tree.names(ref.id)}


def past_json(order: Order, past: PastDay, actor: Actor) -> dict[str, Any]:
    """One order as it was. See `PastDay.require_placed`."""
    past.require_placed(order)
    seen = sees_text(actor, order)
    (was,) = past.as_they_were([order], actor)
    steps = [
        {**step, "ended_at": None if step["ended_at"] and step["ended_at"] >= past.end
         else step["ended_at"]}
        for step in steps_json(order.steps.filter(started_at__lt=past.end))
    ]  # fmt: skip
    return {
        **item_then(was, past, actor),
        "as_of": past.day,
        "text": order.text if seen else mask_text(order.text),
        "timeline": timeline_json(order.log.filter(at__lt=past.end), seen=seen),
        "steps": steps,
    }
