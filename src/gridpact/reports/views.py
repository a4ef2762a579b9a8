"""Pages of figures: the cards, and the list behind each of them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from gridpact.core.access import require
from gridpact.core.edge import actor_of
from gridpact.reports.columns import SHAPES
from gridpact.reports.forms import FrameForm
from gridpact.reports.frames import frame_for
from gridpact.reports.selectors import compute, records
from gridpact.reports.tables import record_table, sections
from gridpact.ui import parts
from gridpact.ui.paging import keyset_page
from gridpact.ui.render import render

PAGE_SIZE = 50
COUNTED = _("counted")
ALL = _("all it is measured on")


@login_required
@require_GET
def figures_page(request: HttpRequest) -> HttpResponse:
    """All figures of a period and cell; every number opens its list."""
    actor = actor_of(request)
    require(actor, "figures.read")
    form = FrameForm(request.GET, actor)
    form.is_valid()
    frame = frame_for(actor, **form.question())
    context = {
        "filter_form": form,
        "frame": frame,
        "sections": sections(compute(frame), request.GET.urlencode()),
    }
    return render(request, "reports/figures.html", context, partial="cards")


@login_required
@require_GET
def figure_page(request: HttpRequest, key: str) -> HttpResponse:
    """The records behind one figure; of a rate also those it is measured on (`part=all`)."""
    actor = actor_of(request)
    form = FrameForm(request.GET, actor)
    form.is_valid()
    whole = request.GET.get("part") == "all"
    indicator, rows = records(key, actor, **form.question(), whole=whole)
    shape = SHAPES[indicator.counts[0].table]
    page = keyset_page(shape.fetch(rows), shape.order, request.GET.get("cursor") or None, PAGE_SIZE)
    context = {
        "indicator": indicator,
        "filter_form": form,
        "frame": frame_for(actor, **form.question()),
        "count": rows.count(),
        "tabs": _parts(request, whole=whole) if indicator.is_rate else [],
        "table": record_table(indicator, page.items),
        "page": page,
        "back": _query(request),
    }
    return render(request, "reports/figure.html", context, partial="records")


def _query(request: HttpRequest, **extra: str) -> str:
    query = request.GET.copy()
    for name in ("part", "cursor"):
        query.pop(name, None)
    for name, value in extra.items():
        query[name] = value
    return query.urlencode()


def _parts(request: HttpRequest, *, whole: bool) -> list[parts.Tab]:
    return [
        parts.Tab(COUNTED, f"{request.path}?{_query(request)}", active=not whole),
        parts.Tab(ALL, f"{request.path}?{_query(request, part='all')}", active=whole),
    ]
