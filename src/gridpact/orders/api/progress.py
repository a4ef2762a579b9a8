"""What residents' programs get of an order: its receipt and its masked progress."""

from __future__ import annotations

from typing import Any

from gridpact.core.access import Actor
from gridpact.core.masking import mask_name
from gridpact.grid.choices import Level
from gridpact.grid.tree import Tree, tree
from gridpact.orders.api.shapes import cell_json, photo_json
from gridpact.orders.choices import SOLVED, PhotoRole, State
from gridpact.orders.models import Order, OrderLog
from gridpact.orders.selectors.standing import (
    extension_told,
    is_rating_open,
    is_urgeable,
    merged_target,
    public_text,
    shares_answer,
    urge_open_at,
)
from gridpact.orders.services import allowed_now
from gridpact.ui import times

_OF_THE_WORK = (PhotoRole.BEFORE, PhotoRole.AFTER)


def placed_json(order: Order, snapshot: Tree) -> dict[str, Any]:
    """What a resident keeps of a new order."""
    ref = snapshot.by_id[order.cell_id]
    return {
        "number": order.number,
        "code": order.code,
        "cell": {"code": ref.code, "name": ref.name, "path": snapshot.names(ref.id)},
        "state": order.state,
        "created_at": order.created_at,
        "promised_at": order.promised_at,
    }


def public_json(order: Order, reporter: Actor | None) -> dict[str, Any]:
    """Masked progress; `reporter` is the holder of the code, None for the curious public."""
    allowed = allowed_now(order, reporter) if reporter else []
    log = list(order.log.all())
    extension = extension_told(log)
    may_urge = "urge" in allowed and is_urgeable(order)
    urge_from = urge_open_at(order) if may_urge else None
    return {
        "number": order.number,
        "state": order.state,
        "class": order.klass or None,
        "kind": order.kind,
        "title": public_text(order, order.title),
        "cell": cell_json(order.cell, tree(), Level.UNIT if reporter else Level.GRID),
        "handler": _public_handler(order),
        "created_at": order.created_at,
        "promised_at": order.promised_at,
        "light": _light(order),
        "extension": _line(order, extension) if extension is not None else None,
        "step": order.step or None,
        "due_at": order.due_at,
        "steps": _steps(order),
        "answer": _answer(order, is_reporter=reporter is not None),
        "told": [_line(order, line) for line in log if line.told] if reporter else [],
        "photos": _photos(order, is_reporter=reporter is not None),
        "satisfaction": order.satisfaction or None,
        "affected": order.affected,
        "redone": order.redone,
        "merged_into": _merged(order) if reporter else None,
        "can_withdraw": "withdraw" in allowed,
        "can_rate": "rate" in allowed and is_rating_open(order),
        "can_urge": may_urge and urge_from is None,
        "urge_from": urge_from,
    }


def _light(order: Order) -> dict[str, str]:
    """The promise as a light with its words."""
    light = times.light(
        order.promised_at,
        order.created_at,
        finished_at=order.finished_at or order.closed_at,
        paused=order.state == State.SUSPENDED,
    )
    return {"colour": light.colour, "text": light.word}


def _steps(order: Order) -> list[dict[str, Any]]:
    return [
        {
            "step": step.step,
            "started_at": step.started_at,
            "due_at": step.due_at,
            "ended_at": step.ended_at,
            "on_time": None if step.ended_at is None else step.ended_at <= step.due_at,
        }
        for step in order.steps.all()
    ]


def _answer(order: Order, *, is_reporter: bool) -> str:
    """The reporter reads it when the work is done, the public after somebody else checked it.

    While a failed one is being reworked nobody reads it.
    """
    out = {*SOLVED, State.DONE} if is_reporter else {*SOLVED}
    return public_text(order, order.answer) if order.state in out else ""


def _photos(order: Order, *, is_reporter: bool) -> list[dict[str, Any]]:
    """Pictures and papers for the reporter; the public sees pictures of the work only."""
    suffix = f"?number={order.number}&code={order.code}" if is_reporter else ""
    return [
        photo_json(photo, suffix)
        for photo in order.photos.all()
        if is_reporter or (photo.kind == "image" and photo.role in _OF_THE_WORK)
    ]


def _public_handler(order: Order) -> str:
    """The organisation or post that has it; a person in person is masked."""
    if order.handler_org_id is not None:
        return str(order.handler_org)
    if order.handler_post is not None:
        return order.handler_post.label
    return mask_name(str(order.handler_user)) if order.handler_user_id is not None else ""


def _merged(order: Order) -> dict[str, Any] | None:
    """How far the order is that goes on in this one's place, with its answer."""
    target = merged_target(order)
    if target is None:
        return None
    return {
        "number": target.number,
        "state": target.state,
        "promised_at": target.promised_at,
        "answer": _answer(target, is_reporter=False) if shares_answer(order, target) else "",
    }


def _line(order: Order, line: OrderLog) -> dict[str, Any]:
    return {"at": line.at, "verb": line.verb, "text": public_text(order, line.told)}
