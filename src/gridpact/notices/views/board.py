"""The public board: masked cards, and the same matters on a map."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridpact.grid.tree import tree
from gridpact.notices.filters import BoardFilter
from gridpact.notices.selectors import board as matters
from gridpact.notices.selectors.follow import normal_number
from gridpact.notices.selectors.territory import root
from gridpact.notices.tables.cards import cards, point_features
from gridpact.orders.search.wording import says_nothing
from gridpact.ui import paging, parts
from gridpact.ui.render import render

PAGE_SIZE = 20
VIEWS = ("list", "map")


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Cards of public matters, newest first, or their places on a map."""
    snapshot = tree()
    form = BoardFilter(request.GET, snapshot=snapshot)
    view = "map" if request.GET.get("view") == "map" else "list"
    context = {"form": form, "tabs": _tabs(request, view), "area": form.chosen}
    rows = form.apply(matters.on_board())
    if view == "map":
        district = root(snapshot)
        cells = {"parent": district.code, "level": "COMMUNITY"} if district else {}
        context["cells_query"] = urlencode(cells)
        context["points_query"] = request.GET.urlencode()
        return render(request, "notices/board_map.html", context)
    named = matters.with_names(rows)
    page = paging.keyset_page(named, matters.ORDER, request.GET.get("cursor"), PAGE_SIZE)
    context["page"] = page
    context["is_common"] = not page.items and says_nothing(request.GET.get("q", ""))
    context["cards"] = cards(page.items, snapshot, matters.public_pictures(page.items))
    return render(request, "notices/board.html", context)


def _tabs(request: HttpRequest, view: str) -> list[parts.Tab]:
    """List and map, each keeping the filters."""
    labels = {"list": _("List"), "map": _("Map")}
    tabs = []
    for name in VIEWS:
        query = request.GET.copy()
        query.pop("cursor", None)
        query["view"] = name
        tabs.append(parts.Tab(labels[name], f"?{query.urlencode()}", active=name == view))
    return tabs


@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """Points of public matters under the board's filters; no point tells a door."""
    snapshot = tree()
    form = BoardFilter(request.GET, snapshot=snapshot)
    found = matters.points(form.apply(matters.on_board()))
    return JsonResponse(point_features(found, snapshot))


@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """A matter of the board is the public part of the page its resident follows."""
    return redirect(reverse("notices:follow", args=[normal_number(number)]))
