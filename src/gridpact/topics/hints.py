"""Possible duplicates, shown at the triage desk."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from gridpact.core.access import Actor, can
from gridpact.orders.hints import Hint
from gridpact.orders.models import Order
from gridpact.orders.policies import sees_text
from gridpact.topics.resembling import is_target, may_be_merged, resembling_orders


def duplicate_hints(actor: Actor, order: Order) -> list[Hint]:
    """One hint an order in sight that may be the same matter; it leads to where they are merged."""
    if not sees_text(actor, order):
        return []
    mergeable = may_be_merged(order) and can(actor, "orders.merge", order)
    hints = []
    for other, alike, metres in resembling_orders(order, actor):
        said = [other.get_state_display(), f"{other.created_at:%m-%d}"]
        if metres is not None:
            said.append(_("%(n)s m away") % {"n": metres})
        href = reverse("orders:detail", args=(other.number,))
        if mergeable and is_target(other):
            said.append(_("can be merged"))
            merge = reverse("orders:move", args=(order.number, "merge"))
            href = f"{merge}?into={other.number}"
        facts = {"number": other.number, "title": other.title}
        title = _("Possible duplicate: %(number)s %(title)s") % facts
        hints.append(Hint(title, said, confidence=alike, href=href, preselect=()))
    return hints
