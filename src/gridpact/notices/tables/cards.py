"""Cards of the public board and its points on the map, masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gridpact.grid.tree import Tree
from gridpact.notices.masks import public_place, public_point
from gridpact.orders.choices import SOLVED, Kind, Klass, PhotoRole, State
from gridpact.orders.models import Order, Photo
from gridpact.orders.selectors.standing import public_text
from gridpact.ui import parts

ANSWER_SHOWN = 90  # signs of an answer on a card


@dataclass(frozen=True, slots=True)
class Card:
    """One matter of the board."""

    number: str
    href: str
    title: str
    place: str
    kind: str
    area: str
    klass: str
    klass_label: str
    state: str
    state_label: str
    created_at: datetime
    solved_at: datetime | None
    answer: str
    slots_free: int
    affected: int
    photos: tuple[parts.Photo, ...]


def picture(photo: Photo, alt: str, query: str = "", *, labelled: bool = True) -> parts.Photo:
    """A thumbnail with its big picture; `query` carries number and code where they are needed.

    The label says before or after, unless a heading does.
    """
    address = reverse("orders:photo", args=[photo.pk])
    label = {PhotoRole.BEFORE: _("before"), PhotoRole.AFTER: _("after")}.get(
        PhotoRole(photo.role), ""
    )
    full = f"{address}?{query}" if query else address
    thumb = f"{address}?s=1&{query}" if query else f"{address}?s=1"
    return parts.Photo(thumb, full, alt, label if labelled else "")


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= ANSWER_SHOWN else f"{text[:ANSWER_SHOWN]}…"


def card(order: Order, snapshot: Tree, photos: Sequence[Photo] = ()) -> Card:
    """An order of the board as a card."""
    title = public_text(order, order.title)
    is_solved = order.state in SOLVED
    return Card(
        number=order.number,
        href=reverse("notices:follow", args=[order.number]),
        title=title,
        place=public_place(order, snapshot),
        kind=str(Kind(order.kind).label),
        area=str(order.category.parent or order.category) if order.category else "",
        klass=order.klass,
        klass_label=str(Klass(order.klass).label),
        state=order.state,
        state_label=str(State(order.state).label),
        created_at=order.created_at,
        solved_at=order.verified_at if is_solved else None,
        answer=_shortened(public_text(order, order.answer)) if is_solved else "",
        slots_free=order.slots_free if order.state == State.OFFERED else 0,
        affected=order.affected,
        photos=tuple(picture(photo, title) for photo in photos[:2]) if is_solved else (),
    )


def cards(
    orders: Iterable[Order], snapshot: Tree, photos: Mapping[int, Sequence[Photo]]
) -> list[Card]:
    """Cards in the order of the rows."""
    return [card(order, snapshot, photos.get(order.pk, ())) for order in orders]


def point_features(orders: Iterable[Order], snapshot: Tree) -> dict[str, Any]:
    """The points of public orders as GeoJSON, rounded to some 100 m."""
    features = []
    for order in orders:
        at = public_point(order)
        if at is None:
            continue
        title = public_text(order, order.title)
        properties = {
            "label": title,
            "text": public_place(order, snapshot),
            "tone": order.klass,
            "facts": [[_("State"), str(State(order.state).label)]],
            "href": reverse("notices:follow", args=[order.number]),
        }
        features.append(
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": "Point", "coordinates": at},
            }
        )
    return {"type": "FeatureCollection", "features": features}
