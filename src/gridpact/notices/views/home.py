"""The public home, and the small files browsers and search engines ask for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridpact.grid.tree import CellRef, tree
from gridpact.notices.selectors import near, wishes
from gridpact.notices.selectors.board import latest_solved, offers, public_pictures
from gridpact.notices.selectors.territory import places
from gridpact.notices.tables.cards import cards
from gridpact.notices.tables.wishes import wishes as wish_cards
from gridpact.ui.render import render

WISHES = 3
YEAR = 365 * 24 * 3600


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Two doors, what was solved near here, wishes, and what waits for helping hands."""
    snapshot = tree()
    area = near.chosen(request, snapshot)
    solved = latest_solved(area)
    waiting = offers()
    context = {
        "area": area,
        "communities": places(snapshot),
        "solved": cards(solved, snapshot, public_pictures(solved)),
        "wishes": wish_cards(wishes.waiting(area)[:WISHES], snapshot),
        "offers": cards(waiting.orders, snapshot, {}),
        "places": waiting.places,
        "is_capped": waiting.is_capped,
    }
    return remember(request, render(request, "notices/home.html", context), area)


def remember(request: HttpRequest, response: HttpResponse, area: CellRef | None) -> HttpResponse:
    """Keep the community that was just chosen for a year; choosing none forgets it."""
    if near.COOKIE not in request.GET:
        return response
    if area is None:
        response.delete_cookie(near.COOKIE, samesite="Lax")
    else:
        secure = request.is_secure()
        response.set_cookie(
            near.COOKIE, area.code, max_age=YEAR, samesite="Lax", secure=secure, httponly=True
        )
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may read the home and the board, not single orders nor staff pages."""
    lines = ["User-agent: *", "Allow: /$", "Allow: /board$", "Disallow: /"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask here without being told; the mark is the icon."""
    return redirect(static("ui/mark.svg"))


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest, so that a phone can keep the platform on its home screen."""
    name = _("GridPact")
    body = {
        "name": name,
        "short_name": name,
        "start_url": reverse("notices:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f4f5f7",
        "theme_color": "#c8102e",
        "icons": [{"src": static("ui/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(body, content_type="application/manifest+json")
