"""The page of small wishes, and the home of those who like few words in large type."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gridpact.core.edge import actor_of
from gridpact.grid.tree import tree
from gridpact.notices.selectors import near
from gridpact.notices.selectors import wishes as found
from gridpact.notices.selectors.territory import places
from gridpact.notices.tables.wishes import wishes as cards
from gridpact.notices.views.home import remember
from gridpact.ui.render import render

_CLAIM = ("orders.claim_org", "orders.claim_member")


@require_safe
def wishes(request: HttpRequest) -> HttpResponse:
    """Wishes that wait for somebody, and those that came true."""
    snapshot = tree()
    area = near.chosen(request, snapshot)
    actor, fulfilled = actor_of(request), found.fulfilled(area)
    context = {
        "area": area,
        "places": places(snapshot),
        "waiting": cards(found.waiting(area), snapshot),
        "fulfilled": cards(fulfilled, snapshot, found.thanks(fulfilled)),
        "may_claim": any(actor.has(right) for right in _CLAIM),
    }
    return remember(request, render(request, "notices/wishes.html", context), area)


@require_safe
def care(request: HttpRequest) -> HttpResponse:
    """Three big doors: call, how far is it, photo. No map, one thing a page."""
    area = near.chosen(request, tree())
    return remember(request, render(request, "notices/care.html", {"area": area}), area)


@require_safe
def care_call(request: HttpRequest) -> HttpResponse:
    """Whom to call: those of the community who show their number, and the hotline."""
    snapshot = tree()
    area = near.chosen(request, snapshot)
    context = {
        "area": area,
        "places": places(snapshot),
        "calls": near.calls(area),
        "hotline": near.hotline(),
    }
    return remember(request, render(request, "notices/care_call.html", context), area)
