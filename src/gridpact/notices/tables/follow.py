"""Everything the follow page draws, for the holder or for the public."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from gridpact.grid.tree import Tree
from gridpact.notices.masks import public_address, public_handler, public_place
from gridpact.notices.selectors.follow import Followed, normal_code
from gridpact.notices.tables.cards import picture
from gridpact.notices.tables.parcel import entries, parked, promise_parts, stops
from gridpact.orders.choices import (
    ENDED,
    SOLVED,
    Kind,
    Klass,
    PhotoRole,
    Satisfaction,
    State,
)
from gridpact.orders.models import Order, Rating
from gridpact.orders.selectors.standing import public_text, shares_answer
from gridpact.ui import parts


def page_context(seen: Followed, snapshot: Tree, code: str) -> dict[str, Any]:
    """Values of `notices/follow.html`. All see the text masked: receipts get lost."""
    order = seen.order
    return {
        "seen": seen,
        "order": order,
        "title": public_text(order, order.title),
        "text": public_text(order, order.text),
        "facts": _facts(order, snapshot),
        "state_label": State(order.state).label,
        "klass_label": Klass(order.klass).label if order.klass else "",
        "is_ended": order.state in ENDED,
        "is_merged": order.state == State.MERGED,
        "parked": parked(seen),
        "answer": _answer(seen),
        "stops": stops(seen),
        "entries": entries(seen),
        "promise_parts": promise_parts(),
        "extension": public_text(order, seen.extension.told) if seen.extension else "",
        "merged": _merged(order, seen.merged_into),
        **_photos(seen, code),
        "ratings": _ratings(seen),
    }


def _facts(order: Order, snapshot: Tree) -> list[tuple[str, str]]:
    """What, where and who, as label and value; empty ones are left out."""
    rows = [
        (_("Kind"), str(Kind(order.kind).label)),
        (_("Where"), public_place(order, snapshot)),
        (_("Address"), public_address(order)),
        (_("Subject"), str(order.category) if order.category else ""),
        (_("Handled by"), public_handler(order)),
    ]
    return [(label, value) for label, value in rows if value]


def _answer(seen: Followed) -> str:
    """The answer of the present finish; the public reads it after somebody else has checked it."""
    order = seen.order
    if seen.is_holder:
        return order.answer if order.finished_at is not None else ""
    return public_text(order, order.answer) if order.state in SOLVED else ""


def _photos(seen: Followed, code: str) -> dict[str, list[parts.Photo]]:
    """Pictures of before and of after, oldest first; documents cannot be shown as one.

    For the resident their own photos show how it was before.
    """
    order = seen.order
    query = urlencode({"number": order.number, "code": normal_code(code)}) if code else ""
    title = public_text(order, order.title)
    images = [photo for photo in seen.photos if photo.kind == "image"]
    after = [photo for photo in images if photo.role == PhotoRole.AFTER]
    return {
        "before": [
            picture(photo, title, query, labelled=False) for photo in images if photo not in after
        ],
        "after": [picture(photo, title, query, labelled=False) for photo in after],
    }


def _merged(order: Order, target: Order | None) -> dict[str, Any] | None:
    """The order that goes on in this one's place: how far it is, and its answer once checked."""
    if target is None:
        return None
    is_told = target.state in SOLVED and shares_answer(order, target)
    return {
        "order": target,
        "state_label": State(target.state).label,
        "answer": public_text(target, target.answer) if is_told else "",
        "href": reverse("notices:follow", args=[target.number]) if target.is_public else "",
    }


def _ratings(seen: Followed) -> list[dict[str, str]]:
    """The resident's words, newest last; the comment is masked for the public."""
    return [
        {
            "word": str(Satisfaction(rating.satisfaction).label),
            "solved": _("solved") if rating.solved else _("not solved"),
            "marks": _marks(rating),
            "comment": rating.comment
            if seen.is_holder
            else public_text(seen.order, rating.comment),
        }
        for rating in seen.ratings
    ]


def _marks(rating: Rating) -> str:
    """The marks that were given, e.g. `speed 5 · effect 4`."""
    names = (
        (_("speed"), rating.speed), (_("effect"), rating.effect),
        (_("attitude"), rating.attitude), (_("answer"), rating.clarity),
    )  # fmt: skip
    return " · ".join(f"{name} {mark}/5" for name, mark in names if mark is not None)
