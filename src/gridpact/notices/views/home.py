"""The public home, and the small files browsers and search engines ask for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridpact.grid.tree import tree
from gridpact.notices.selectors.board import latest_solved, offers, public_pictures
from gridpact.notices.tables.cards import cards
from gridpact.ui.render import render


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Two doors, what was solved near here, and what waits for helping hands."""
    snapshot = tree()
    solved = latest_solved()
    waiting = offers()
    context = {
        "solved": cards(solved, snapshot, public_pictures(solved)),
        "offers": cards(waiting.orders, snapshot, {}),
        "places": waiting.places,
        "is_capped": waiting.is_capped,
    }
    return render(request, "notices/home.html", context)


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
