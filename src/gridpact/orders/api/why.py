"""The facts behind an order's place, class and due date."""

from __future__ import annotations

from typing import Any

from gridpact.clocks.book import book
from gridpact.core.access import Actor
from gridpact.core.masking import mask_text
from gridpact.grid.tree import tree
from gridpact.orders.api.shapes import cell_json, finest_for
from gridpact.orders.explain import reckon
from gridpact.orders.hooks.routes import router
from gridpact.orders.limits import cells_of
from gridpact.orders.models import Decision, Order
from gridpact.orders.policies import sees_text
from gridpact.orders.services.clock.clockwork import running_step


def why_json(order: Order, actor: Actor) -> dict[str, Any]:
    """`routing`, `triage`, `clock` and `promise` of one order."""
    seen = sees_text(actor, order)
    return {
        "number": order.number,
        "routing": _routing(order, seen=seen),
        "triage": _triage(order, seen=seen),
        "clock": _clock(order),
        "promise": {
            "from": order.created_at,
            "limit": {"minutes": _promised_minutes(order), "counts": _counts(by_clock=False)},
            "until": order.promised_at,
        },
    }


def _routing(order: Order, *, seen: bool) -> dict[str, Any]:
    """`placed_by`: polygon, nearest, chosen or address; the desk that received it."""
    snapshot = tree()
    given = None
    if seen and order.given_lon is not None:
        given = {"lon": order.given_lon, "lat": order.given_lat, "datum": order.datum}
    return {
        "placed_by": order.placed_by,
        "given": given,
        "cell": cell_json(order.cell, snapshot, finest_for(seen=seen)),
        "desk": cell_json(order.desk, snapshot),
        "returns": order.returns,
        "rules": router().why(order, seen=seen),
    }


def _triage(order: Order, *, seen: bool) -> dict[str, Any] | None:
    """The last decision: by whom, when, the stated reason; and all of them, oldest first."""
    rows = [_decision(each, seen=seen) for each in order.decisions.select_related("by")]
    if rows:
        return {**rows[-1], "class": order.klass or None, "decisions": rows}
    line = order.log.filter(verb="triage").order_by("-id").first()  # came by file
    if line is None:
        return None
    return {
        "class": order.klass or None,
        "reason": line.text if seen else mask_text(line.text),
        "by": line.actor_name if seen else "",
        "post": line.post,
        "at": line.at,
        "decisions": [],
    }


def _decision(row: Decision, *, seen: bool) -> dict[str, Any]:
    """One triage: what had been suggested, how surely and on which grounds stands beside it."""
    return {
        "class": row.klass,
        "before": row.before or None,
        "reason": row.reason if seen else mask_text(row.reason),
        "by": str(row.by or "") if seen else "",
        "post": row.post,
        "at": row.at,
        "suggested": row.suggested or None,
        "confidence": row.confidence,
        "evidence": row.evidence if seen else [],
    }


def _clock(order: Order) -> dict[str, Any] | None:
    """The running step: from when, which limit by which rule, until when; None when none runs."""
    row = running_step(order) if order.step else None
    if row is None:
        return None
    reckoned = reckon(order, row)
    return {
        "step": order.step,
        "light": order.light,
        "hours": list(reckoned.hours),
        "days_off": list(reckoned.days_off),
        "warn_at": reckoned.marks.warn,
        "red_at": reckoned.marks.red,
        "certain": reckoned.certain,
        "paused_since": order.paused_at,
        "from": order.step_started_at,
        "limit": {"minutes": row.minutes, "counts": _counts(by_clock=row.by_clock)},
        "rule": row.source,
        "extra_minutes": row.extra_minutes,
        "paused_minutes": row.paused_minutes,
        "due_at": order.due_at,
    }


def _promised_minutes(order: Order) -> int:
    """Working minutes from placing to the promise, by the office of the order's area."""
    office = book().office(cells_of(order))
    return office.minutes_between(order.created_at, order.promised_at)


def _counts(*, by_clock: bool) -> str:
    return "clock minutes" if by_clock else "working minutes"
