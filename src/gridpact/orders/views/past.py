"""The list of orders and one order as of a past day."""

from __future__ import annotations

from django.http import HttpResponse

from gridpact.grid.choices import Level
from gridpact.grid.days import day_asked
from gridpact.orders.forms import PastFilter
from gridpact.orders.models import Order
from gridpact.orders.selectors import COUNT_CAP, capped_count
from gridpact.orders.selectors.past import NEWEST_FIRST, PastDay, past_day
from gridpact.orders.selectors.queues import standing_cell
from gridpact.orders.tables import detail_of
from gridpact.orders.tables.past import past_facts, past_table
from gridpact.orders.views.base import Request
from gridpact.ui.paging import Page, keyset_page
from gridpact.ui.render import render

PAGE_SIZE = 50


def asked_day(request: Request) -> PastDay | None:
    """The past day that `as_of` names; None without one, and for today."""
    day = day_asked(request.GET.get("as_of") or "")
    return None if day is None else past_day(day)


def past_list(request: Request, past: PastDay) -> HttpResponse:
    """A page of 50 orders that were open at the end of the day, newest first."""
    form = PastFilter(request.GET, past)
    rows = form.rows(request.actor)
    cursor = request.GET.get("cursor", "")
    page: Page[Order] = keyset_page(rows.for_rows(), NEWEST_FIRST, cursor, PAGE_SIZE)
    found = past.as_they_were(page.items, request.actor)
    ref = form.cleaned_data.get("cell")
    standing = standing_cell(request.actor)
    below = ref.level if ref else standing.level if standing else Level.DISTRICT
    count = capped_count(rows)
    context = {
        "table": past_table(found, past, request.actor, below),
        "page": page,
        "count": f"{COUNT_CAP - 1}+" if count >= COUNT_CAP else count,
        "day": past.day,
        "cell": ref or standing,
        "filter_form": form,
    }
    return render(request, "orders/past_list.html", context, partial="list")


def past_detail(request: Request, order: Order, past: PastDay) -> HttpResponse:
    """One order as it was: state, cell, clock and timeline up to the end of the day."""
    past.require_placed(order)
    detail = detail_of(
        order,
        request.actor,
        log=list(order.log.filter(at__lt=past.end)),
        photos=list(order.photos.filter(uploaded_at__lt=past.end)),
        claims=(),
    )
    (was,) = past.as_they_were([order], request.actor)
    context = {
        "order": order,
        "detail": detail,
        "day": past.day,
        "facts": past_facts(was, past, request.actor),
    }
    response = render(request, "orders/past.html", context)
    response["Cache-Control"] = "no-store"
    return response
