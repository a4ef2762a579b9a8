"""Orders as JSON, masked to what the caller may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import NoReverseMatch, reverse

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.core.masking import mask_address, mask_name, mask_phone, mask_text
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Cell
from gridpact.grid.tree import Tree, tree
from gridpact.orders.api.dealings import dealings_json
from gridpact.orders.choices import Light
from gridpact.orders.models import Order, OrderLog, OrderStep, Photo
from gridpact.orders.policies import sees_text
from gridpact.orders.selectors import acts_now
from gridpact.orders.selectors.dealings import dealings_of
from gridpact.orders.services import allowed_now

_HALL_DECIMALS = 3  # about 100 m


def cell_json(cell: Cell, snapshot: Tree, finest: Level = Level.UNIT) -> dict[str, str]:
    """Code, name and the names above it; of a cell below `finest`, those of the one above it.

    A stairwell tells where somebody lives: the hall reads down to the building, the public down to
    the grid.
    """
    if RANK[cell.level] <= RANK[finest]:
        path = snapshot.names(cell.pk) or cell.name
        return {"code": cell.code, "name": cell.name, "path": path}
    above = (snapshot.by_id[each] for each in reversed(cell.path_ids) if each in snapshot.by_id)
    shown = next((ref for ref in above if RANK[ref.level] <= RANK[finest]), None)
    if shown is None:
        return {"code": "", "name": "", "path": ""}
    return {"code": shown.code, "name": shown.name, "path": snapshot.names(shown.id)}


def finest_for(*, seen: bool) -> Level:
    """How exactly a colleague's program reads a place: the hall's no finer than its page."""
    return Level.UNIT if seen else Level.MICRO_GRID


def category_json(order: Order) -> dict[str, str] | None:
    """Code and name of its category, None without one."""
    category = order.category
    return {"code": category.code, "name": category.name} if category is not None else None


def item_json(order: Order, actor: Actor, snapshot: Tree, *, seen: bool) -> dict[str, Any]:
    """An order for lists; needs `for_rows()` so that no row costs a query."""
    return {
        "number": order.number,
        "state": order.state,
        "class": order.klass or None,
        "kind": order.kind,
        "title": order.title if seen else mask_text(order.title),
        "category": category_json(order),
        "cell": cell_json(order.cell, snapshot, finest_for(seen=seen)),
        "priority": order.priority,
        "step": order.step or None,
        "due_at": order.due_at,
        "light": Light(order.light).name.lower(),
        "overdue": order.is_open and order.due_at is not None and order.due_at < clock.now(),
        "handler": handler_json(order, seen=seen),
        "slots": order.slots,
        "slots_free": order.slots_free,
        "offered_until": order.offered_until,
        "created_at": order.created_at,
        "promised_at": order.promised_at,
        "satisfaction": order.satisfaction or None,
        "is_public": order.is_public,
    }


def handler_json(order: Order, *, seen: bool) -> dict[str, Any] | None:
    """Who has it; persons are masked for the claim hall."""
    if order.handler_post_id is not None and order.handler_post is not None:
        label = order.handler_label if seen else order.handler_post.label
        return {"kind": "post", "id": order.handler_post_id, "label": label}
    if order.handler_org_id is not None:
        return {"kind": "org", "id": order.handler_org_id, "label": str(order.handler_org)}
    if order.handler_user_id is not None:
        name = str(order.handler_user)
        label = name if seen else mask_name(name)
        return {"kind": "user", "id": order.handler_user_id, "label": label}
    return None


def order_json(order: Order, actor: Actor) -> dict[str, Any]:
    """One order in full, with timeline and the verbs the caller may use now."""
    seen = sees_text(actor, order)
    dealings = dealings_of(order)
    return {
        **item_json(order, actor, tree(), seen=seen),
        "text": order.text if seen else mask_text(order.text),
        "address": order.address if seen else mask_address(order.address),
        "channel": order.channel,
        "point": _point(order, exact=seen),
        "reporter": _reporter(order) if seen else None,
        "answer": order.answer if seen else mask_text(order.answer),
        "solved": order.solved_word,
        "skill": order.skill,
        "photos": [photo_json(photo) for photo in order.photos.all()] if seen else [],
        "timeline": timeline_json(order.log.all(), seen=seen),
        "steps": steps_json(order.steps.all()),
        "claims": _claims(order, seen=seen),
        "actions": [
            *allowed_now(order, actor),
            *acts_now(order, actor, dealings.calls, dealings.extensions),
        ],
        **dealings_json(order, dealings, actor, seen=seen),
    }


def _point(order: Order, *, exact: bool) -> dict[str, float] | None:
    if order.lon is None or order.lat is None:
        return None
    if exact:
        return {"lon": order.lon, "lat": order.lat}
    return {"lon": round(order.lon, _HALL_DECIMALS), "lat": round(order.lat, _HALL_DECIMALS)}


def _reporter(order: Order) -> dict[str, Any]:
    return {
        "name": mask_name(order.reporter_name),
        "phone": mask_phone(order.reporter_phone),
        "anonymous": order.anonymous,
    }


def photo_json(photo: Photo, suffix: str = "") -> dict[str, Any]:
    """A picture or document and where to get it; `suffix` carries number and code."""
    return {
        "id": photo.pk,
        "kind": photo.kind,
        "role": photo.role,
        "url": _photo_url(photo) + suffix,
        "taken_at": photo.taken_at,
        "uploaded_at": photo.uploaded_at,
    }


def _photo_url(photo: Photo) -> str:
    try:
        return reverse("orders:photo", args=[photo.pk])
    except NoReverseMatch:  # an installation that serves the API only
        return f"/files/photo/{photo.pk}"


def timeline_json(lines: Iterable[OrderLog], *, seen: bool) -> list[dict[str, Any]]:
    """Everything for colleagues; moves and what was told, masked, for the claim hall."""
    return [
        {
            "at": line.at,
            "verb": line.verb,
            "before": line.before,
            "after": line.after,
            "by": line.actor_name if seen else mask_name(line.actor_name),
            "post": line.post,
            "text": line.text if seen else "",
            "told": line.told if seen else mask_text(line.told),
        }
        for line in lines
    ]


def steps_json(steps: Iterable[OrderStep]) -> list[dict[str, Any]]:
    """The runs of the clock."""
    return [
        {
            "step": step.step,
            "owner": step.owner,
            "started_at": step.started_at,
            "due_at": step.due_at,
            "ended_at": step.ended_at,
        }
        for step in steps
    ]


def _claims(order: Order, *, seen: bool) -> list[dict[str, Any]]:
    return [
        {
            "by": str(claim.user) if seen else mask_name(str(claim.user)),
            "org": str(claim.org) if claim.org else None,
            "by_member": claim.by_member,
            "at": claim.at,
            "released_at": claim.released_at,
        }
        for claim in order.claims.select_related("user", "org")
    ]
