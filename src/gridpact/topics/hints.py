"""Possible duplicates, shown at the triage desk and while an order is entered."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from gridpact.core.access import Actor, can
from gridpact.orders.hooks.hints import Draft, Hint, Text
from gridpact.orders.models import Order
from gridpact.orders.policies import sees_text
from gridpact.topics.resembling import (
    is_target,
    may_be_merged,
    resembling_draft,
    resembling_orders,
)


def duplicate_hints(actor: Actor, order: Order) -> list[Hint]:
    """One hint an order in sight that may be the same matter; it leads to where they are merged."""
    if not sees_text(actor, order):
        return []
    mergeable = may_be_merged(order) and can(actor, "orders.merge", order)
    hints = []
    for other, alike, metres in resembling_orders(order, actor):
        said, href = _said(other, metres), reverse("orders:detail", args=(other.number,))
        if mergeable and is_target(other):
            said.append(_("can be merged"))
            merge = reverse("orders:move", args=(order.number, "merge"))
            href = f"{merge}?into={other.number}"
        hints.append(_hint(other, alike, said, href))
    return hints


def draft_hints(actor: Actor, draft: Draft) -> list[Hint]:
    """While an order is entered for a resident: orders in sight that may be the same matter."""
    where = {"lon": draft.lon, "lat": draft.lat, "datum": draft.datum}
    where |= {"cell": draft.cell, "address": draft.address}
    return [
        _hint(other, alike, _said(other, metres), reverse("orders:detail", args=(other.number,)))
        for other, alike, metres in resembling_draft(actor, draft.text, **where)
    ]


def _said(other: Order, metres: int | None) -> list[Text]:
    said: list[Text] = [other.get_state_display(), f"{other.created_at:%m-%d}"]
    if metres is not None:
        said.append(_("%(n)s m away") % {"n": metres})
    return said


def _hint(other: Order, alike: float, said: list[Text], href: str) -> Hint:
    facts = {"number": other.number, "title": other.title}
    title = _("Possible duplicate: %(number)s %(title)s") % facts
    return Hint(title, said, confidence=alike, href=href, preselect=())
