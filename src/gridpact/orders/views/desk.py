"""The triage desk: the queue, an order beside its decision, deciding, refusing, taking back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gridpact.core.access import Actor, Refused
from gridpact.grid.models import Cell
from gridpact.orders import services
from gridpact.orders.choices import DESK, MOVES
from gridpact.orders.filters import search
from gridpact.orders.forms.desk import DecideForm, RefuseForm
from gridpact.orders.hooks.hints import hints_for, preselected
from gridpact.orders.models import Order
from gridpact.orders.models.sight import OrderQuerySet
from gridpact.orders.policies import sees_text
from gridpact.orders.selectors.counting import badge, counted
from gridpact.orders.selectors.desk import (
    ORDER_BY,
    again_rows,
    desk_cell,
    desk_rows,
    has_lower_desks,
    open_points,
    seconds_left,
    takeable,
)
from gridpact.orders.services.desk.undo import UNDO_SECONDS
from gridpact.orders.tables.desk import (
    DeskOrder,
    class_choices,
    desk_href,
    desk_order,
    kept_classes,
    queue_rows,
    way_choices,
)
from gridpact.orders.tables.proposed import TAKEN, proposed
from gridpact.orders.views.base import Request, find_order, signed_in
from gridpact.ui import parts
from gridpact.ui.paging import Page, keyset_page
from gridpact.ui.render import render, wants_fragment

ROWS = 30
OWN, BELOW, AGAIN = "own", "below", "again"
Context = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Which queue is shown: of which desk, which tab, narrowed by what words."""

    actor: Actor
    cell: Cell
    tab: str
    words: str
    cursor: str

    @classmethod
    def of(cls, request: Request) -> Place:
        """From the address; 403 for those who decide nowhere."""
        cell = desk_cell(request.actor)
        if cell is None:
            raise Refused("forbidden", 403)
        given = request.GET
        tab = given.get("tab", "")
        words = given.get("q", "").strip()[:60]
        known = (OWN, BELOW, AGAIN) if has_lower_desks(cell) else (OWN, AGAIN)
        return cls(
            request.actor, cell, tab if tab in known else OWN, words, given.get("cursor", "")
        )

    @property
    def query(self) -> str:
        """Tab and words, for links."""
        kept = {"tab": self.tab if self.tab != OWN else "", "q": self.words}
        return urlencode({key: value for key, value in kept.items() if value})

    def rows(self, tab: str | None = None) -> OrderQuerySet:
        """The orders of a tab, not narrowed by words."""
        tab = tab or self.tab
        if tab == AGAIN:
            return again_rows(self.cell)
        return desk_rows(self.cell, below=tab == BELOW)

    def page(self) -> Page[Order]:
        """One page of the queue, the most urgent first."""
        rows = search(self.rows(), self.words, self.actor, few=True).for_rows()
        order_by = ("-created_at", "-id") if self.tab == AGAIN else ORDER_BY
        return keyset_page(rows, order_by, self.cursor, ROWS)

    def tabs(self) -> list[parts.Tab]:
        """My desk, the desks below, what was classed anew; each with its capped count."""
        labels = {OWN: _("My desk"), BELOW: _("With lower desks"), AGAIN: _("Classed anew")}
        if not has_lower_desks(self.cell):
            del labels[BELOW]
        counts = counted({name: self.rows(name) for name in labels})
        base = reverse("orders:desk")
        return [
            parts.Tab(label, f"{base}?tab={name}", badge(counts[name]), active=name == self.tab)
            for name, label in labels.items()
        ]


@signed_in
@require_GET
def desk(request: Request) -> HttpResponse:
    """The queue, and on a wide screen its first order at once."""
    place = Place.of(request)
    page = place.page()
    first = page.items[0].number if page.items else ""
    context = _queue(place, page, first)
    context["view"] = "queue"
    if first:
        context |= _work(request, place, find_order(request.actor, first), page)
    return _answer(request, context)


@signed_in
@require_GET
def desk_queue(request: Request) -> HttpResponse:
    """Only the queue, read again every half minute; `?current=`: I still look at this one."""
    place = Place.of(request)
    current = request.GET.get("current", "").replace("\x00", "")
    open_now = Order.objects.visible_to(request.actor).filter(number=current).only("pk").first()
    if open_now is not None:
        services.visit_order(open_now, actor=request.actor)
    return _answer(request, _queue(place, place.page(), current), "queue")


@signed_in
@require_GET
def desk_show(request: Request, number: str) -> HttpResponse:
    """One order beside its decision; `?ahead=1` only reads it, without noting that I look."""
    place = Place.of(request)
    order = find_order(request.actor, number)
    if not request.GET.get("ahead"):
        services.visit_order(order, actor=request.actor)
    if wants_fragment(request):
        return _answer(request, _work(request, place, order), "work")
    page = place.page()
    context = _queue(place, page, order.number) | _work(request, place, order, page)
    return _answer(request, context)


@signed_in
@require_POST
def desk_decide(request: Request, number: str) -> HttpResponseBase:
    """Decide; then the next order. 409 or 422 with everything still filled in when refused."""
    order = find_order(request.actor, number)
    form = DecideForm(request.POST, order=order, actor=request.actor)
    if not form.is_valid():
        return _again(request, order, 422, form=form)
    try:
        services.decide_order(order, actor=request.actor, ruling=form.ruling())
    except Refused as refusal:
        form.add_error(None, _said(refusal))
        return _again(request, order, refusal.status, form=form)
    return _next(request, form.cleaned_data.get("next", ""))


@signed_in
@require_POST
def desk_refuse(request: Request, number: str) -> HttpResponseBase:
    """Do not accept; then the next order."""
    order = find_order(request.actor, number)
    form = RefuseForm(request.POST, order=order, actor=request.actor)
    if not form.is_valid():
        return _again(request, order, 422, refuse=form)
    data = form.cleaned_data
    try:
        services.refuse_order(
            order, actor=request.actor, reason=data["reason"], seen=data.get("seen")
        )
    except Refused as refusal:
        form.add_error(None, _said(refusal))
        return _again(request, order, refusal.status, refuse=form)
    return _next(request, data.get("next", ""))


@signed_in
@require_POST
def desk_undo(request: Request, number: str) -> HttpResponseBase:
    """Take back my last decision and open the order again."""
    order = find_order(request.actor, number)
    try:
        services.undo_order(order, actor=request.actor)
    except Refused as refusal:
        return _again(request, order, refusal.status, trouble=refusal.sentence)
    return _open(request, order.number)


@signed_in
@require_GET
def around(request: Request, number: str) -> HttpResponse:
    """The order and the open ones around it as GeoJSON points."""
    order = find_order(request.actor, number)
    if not sees_text(request.actor, order):
        raise Http404
    points = [(order, order.lon, order.lat), *open_points(order, request.actor)]
    features = [
        {
            "type": "Feature",
            "properties": {
                "label": each.title,
                "tone": "red" if each is order else each.klass.lower(),
                "href": reverse("orders:detail", args=(each.number,)),
            },
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
        }
        for each, lon, lat in points
        if lon is not None
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _said(refusal: Refused) -> str:
    """The refusal, led by the part of the decision that refused."""
    part = refusal.params.get("part")
    if part not in MOVES:
        return refusal.sentence
    return _("%(part)s: %(why)s") % {"part": MOVES[part].name, "why": refusal.sentence}


def _queue(place: Place, page: Page[Order], current: str) -> Context:
    """The left pane."""
    rows = queue_rows(
        page.items, place.actor, below=place.cell.level, current=current, query=place.query
    )
    return {
        "rows": rows,
        "page": page,
        "tabs": place.tabs(),
        "tab": place.tab,
        "words": place.words,
        "cell": place.cell,
        "query": place.query,
        "current": current,
        "poll": f"{reverse('orders:desk_queue')}?{place.query}",
        "view": "order",
    }


def _work(request: Request, place: Place, order: Order, page: Page[Order] | None = None) -> Context:
    """The middle and right panes with fresh forms."""
    actor = request.actor
    last = order.log.order_by("-id").values_list("pk", flat=True).first()
    known = {key: request.GET[key] for key in TAKEN if key in request.GET}
    following = _after(page, order.number) if page is not None else request.GET.get("next", "")
    hints = hints_for(actor, order)
    initial = {"seen": last, "next": following, **preselected(hints, order.klass), **known}
    form = DecideForm(order=order, actor=actor, initial=initial)
    refuse = RefuseForm(order=order, actor=actor, initial={"seen": last, "next": following})
    shown = desk_order(order, actor, hints, form.receivers.officers, place.query)
    panes = _panes(place, shown, form, refuse)
    panes["classes"] = class_choices(form, order, hints)
    panes["proposed"] = proposed(form, hints, order, place.query)
    return panes


def _panes(place: Place, shown: DeskOrder, form: DecideForm, refuse: RefuseForm) -> Context:
    order = shown.detail.order
    undo = takeable(place.actor, UNDO_SECONDS)
    return {
        "order": order,
        "desk": shown,
        "form": form,
        "refuse": refuse,
        "ways": way_choices(form),
        "sentences": form.sentences(),
        "undo": undo,
        "undo_seconds": seconds_left(undo, UNDO_SECONDS),
        "queue_href": f"{reverse('orders:desk')}?{place.query}",
    }


def _after(page: Page[Order], number: str) -> str:
    """The number that follows in the queue; the first when it is the last or not in it."""
    numbers = [order.number for order in page.items]
    if number in numbers[:-1]:
        return numbers[numbers.index(number) + 1]
    return next((each for each in numbers if each != number), "")


def _next(request: Request, wanted: str) -> HttpResponseBase:
    """The wanted order if it still waits here, else the first of the queue."""
    place = Place.of(request)
    waiting = place.rows().filter(state__in=DESK)
    if wanted and waiting.filter(number=wanted.upper()).exists():
        return _open(request, wanted.upper())
    first = waiting.order_by(*ORDER_BY).values_list("number", flat=True).first()
    return _open(request, first or "")


def _open(request: Request, number: str) -> HttpResponseBase:
    """Go to the desk with this order open; a fragment at once where the page asked for one."""
    place = Place.of(request)
    href = desk_href(number, place.query) if number else reverse("orders:desk")
    if not wants_fragment(request):
        return redirect(href)
    page = place.page()
    context = _queue(place, page, number)
    context["undo"] = takeable(request.actor, UNDO_SECONDS)
    context["undo_seconds"] = seconds_left(context["undo"], UNDO_SECONDS)
    if number:
        order = find_order(request.actor, number)
        services.visit_order(order, actor=request.actor)
        context |= _work(request, place, order, page)
    response = _answer(request, context, "desk")
    response["X-Desk-Address"] = href
    return response


def _again(
    request: Request,
    order: Order,
    status: int,
    *,
    form: DecideForm | None = None,
    refuse: RefuseForm | None = None,
    trouble: str = "",
) -> HttpResponse:
    """The same order with what was filled in, why it was refused, and the next one to go to."""
    place = Place.of(request)
    order = find_order(request.actor, order.number)
    page = place.page()
    context = _queue(place, page, order.number) | _work(request, place, order, page)
    if form is not None:
        context["form"], context["kept"] = form, True
        context["classes"] = kept_classes(context["classes"], form)
        context["ways"] = way_choices(form)
    if refuse is not None:
        context["refuse"], context["refusing"] = refuse, True
    following = _after(page, order.number)
    context["trouble"] = trouble
    context["faster_href"] = (
        desk_href(following, place.query) if status == 409 and following else ""
    )
    return _answer(request, context, "desk", status)


def _answer(
    request: Request, context: Context, partial: str = "desk", status: int = 200
) -> HttpResponse:
    response = render(request, "orders/desk.html", context, partial=partial, status=status)
    response["Cache-Control"] = "no-store"
    return response
