"""Everything the follow page draws, for the holder or for the public."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from gridpact.grid.tree import Tree
from gridpact.notices.masks import public_address, public_handler, public_place, public_text
from gridpact.notices.selectors.follow import Followed, normal_code
from gridpact.notices.tables.cards import picture
from gridpact.notices.tables.parcel import entries, stops
from gridpact.orders.choices import ENDED, SOLVED, Kind, Klass, Satisfaction, State
from gridpact.orders.models import Order
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
        "answer": _answer(seen),
        "stops": stops(seen),
        "entries": entries(seen),
        "photos": _photos(seen, code),
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


def _photos(seen: Followed, code: str) -> list[parts.Photo]:
    """Pictures, oldest first; documents cannot be shown as one."""
    order = seen.order
    query = urlencode({"number": order.number, "code": normal_code(code)}) if code else ""
    title = public_text(order, order.title)
    return [picture(photo, title, query) for photo in seen.photos if photo.kind == "image"]


def _ratings(seen: Followed) -> list[dict[str, str]]:
    """The resident's words, newest last; the comment is masked for the public."""
    return [
        {
            "word": str(Satisfaction(rating.satisfaction).label),
            "solved": _("solved") if rating.solved else _("not solved"),
            "comment": rating.comment
            if seen.is_holder
            else public_text(seen.order, rating.comment),
        }
        for rating in seen.ratings
    ]
