"""Lists and details of orders for signed-in people, the export of a list, and showing a contact."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.http import (
    FileResponse,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, can
from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.files.exports import ORDERS
from gridpact.orders.forms import RevealForm
from gridpact.orders.hooks.side_cards import side_cards
from gridpact.orders.listing import ListQuery
from gridpact.orders.models import Order
from gridpact.orders.models.sight import OrderQuerySet
from gridpact.orders.policies import sees_text
from gridpact.orders.search.found import with_snippets
from gridpact.orders.search.similar import similar_to
from gridpact.orders.search.wording import says_nothing
from gridpact.orders.selectors import COUNT_CAP, capped_count
from gridpact.orders.selectors.dealings import dealings_of
from gridpact.orders.services import reveal_reporter
from gridpact.orders.services.many import MAX_MANY
from gridpact.orders.tables import COLUMNS, detail_of, export_rows, order_rows
from gridpact.orders.tables.many import bulk_bar
from gridpact.orders.tables.similar import SimilarRow, similar_rows
from gridpact.orders.views.base import Request, find_order, signed_in
from gridpact.orders.views.past import asked_day, past_detail, past_list
from gridpact.ui.paging import Page, keyset_page
from gridpact.ui.render import render
from gridpact.ui.sheets import write_csv, write_xlsx

PAGE_SIZE = 50
_WORKED_ON = (State.CLAIMED, State.HANDLING)
EXPORT_ROWS = 5000


def _count(rows: OrderQuerySet, page: Page[Order], cursor: str) -> str:
    """How many orders the list has: exact when one page holds them, else counted up to the cap."""
    if not cursor and page.next is None:
        return str(len(page.items))
    count = capped_count(rows)
    return f"{COUNT_CAP - 1}+" if count >= COUNT_CAP else str(count)


@signed_in
@require_GET
def order_list(request: Request) -> HttpResponse:
    """A page of 50 orders of one queue, filtered; the same queries whatever the number of rows.

    `?as_of=` another day shows what was open then.
    """
    past = asked_day(request)
    if past is not None:
        return past_list(request, past)
    wanted = ListQuery(request.actor, request.GET)
    rows = wanted.rows()
    cursor = request.GET.get("cursor", "")
    page: Page[Order] = keyset_page(rows.for_rows(), wanted.ordering(), cursor, PAGE_SIZE)
    query = request.GET.copy()
    query.pop("cursor", None)
    query["queue"] = wanted.queue
    made = order_rows(page.items, request.actor, wanted.below)
    if wanted.form.by_words:
        made = with_snippets(page.items, made, wanted.form.cleaned_data["q"], request.actor)
    bar = bulk_bar(page.items, request.actor)
    context = {
        "rows": [replace(row, moves=bar.moves[row.number]) for row in made],
        "bulk": bar.actions,
        "most": MAX_MANY,
        "query": query.urlencode(),
        "page": page,
        "count": _count(rows, page, cursor),
        "tabs": wanted.tabs(),
        "filter_form": wanted.form,
        "is_common": wanted.form.by_words and says_nothing(wanted.form.cleaned_data["q"]),
        "queue": wanted.queue,
        "cell": wanted.cell,
        "export": f"{reverse('orders:export')}?{query.urlencode()}",
        "may_place": request.actor.has("orders.submit_for"),
        "narrowed": wanted.is_narrowed,
    }
    return render(request, "orders/list.html", context, partial="list")


def _is_large(rows: OrderQuerySet) -> bool:
    return rows.order_by().values("pk")[: EXPORT_ROWS + 1].count() > EXPORT_ROWS


@signed_in
@require_GET
def export(request: Request) -> HttpResponseBase:
    """The filtered list as a file (`?as=xlsx|csv`), masked, on record.

    More than 5,000 rows are made in the background for those with the right, else cut off there.
    """
    wanted = ListQuery(request.actor, request.GET).checked()
    found = wanted.rows()
    if can(request.actor, "downloads.ask", ORDERS) and _is_large(found):
        query = request.GET.copy()
        query.pop("as", None)
        query["queue"] = wanted.queue
        return redirect(f"{reverse('downloads:ask', args=(ORDERS.key,))}?{query.urlencode()}")
    rows = found.with_parts().order_by(*wanted.ordering())[:EXPORT_ROWS]
    kind = "csv" if request.GET.get("as") == "csv" else "xlsx"
    stamp = clock.now().astimezone(clock.LOCAL)
    narrowed = {key: str(value) for key, value in wanted.form.cleaned_data.items() if value}
    audit.record(
        request.actor, "orders.export", None, label=f"{wanted.queue} {kind}",
        why=urlencode(narrowed)[:500],
    )  # fmt: skip
    name = f"orders-{stamp:%Y%m%d-%H%M}.{kind}"
    values = export_rows(rows, request.actor)
    if kind == "csv":
        answer = StreamingHttpResponse(
            write_csv(COLUMNS, values), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    mark = _("%(who)s, %(when)s") % {"who": request.actor.name, "when": f"{stamp:%Y-%m-%d %H:%M}"}
    return FileResponse(
        write_xlsx(COLUMNS, values, title=_("Orders"), mark=mark), as_attachment=True, filename=name
    )


@signed_in
@require_GET
def detail(request: Request, number: str) -> HttpResponse:
    """One order in sight: what and proof, who and why, timeline, and what I can do now.

    `?as_of=` another day shows it as it was then.
    """
    order, past = find_order(request.actor, number), asked_day(request)
    return _detail(request, order) if past is None else past_detail(request, order, past)


@signed_in
@require_http_methods(["GET", "POST"])
def reveal(request: Request, number: str) -> HttpResponse:
    """The reporter's contact in full, once, for a stated reason; the reading log comes first."""
    order = find_order(request.actor, number)
    form = RevealForm(request.POST or None)
    if request.method == "GET":
        return _detail(request, order, asking=form)
    if not form.is_valid():
        return _detail(request, order, asking=form, status=422)
    try:
        shown = reveal_reporter(order, actor=request.actor, reason=form.cleaned_data["reason"])
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return _detail(request, order, asking=form, status=refusal.status)
    return _detail(request, order, shown=shown)


def _detail(
    request: Request,
    order: Order,
    *,
    asking: RevealForm | None = None,
    shown: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    made = detail_of(
        order,
        request.actor,
        log=list(order.log.all()),
        photos=list(order.photos.all()),
        claims=list(order.claims.select_related("user", "org")),
        dealings=dealings_of(order),
    )
    context = {
        "detail": made,
        "order": order,
        "row": order_rows([order], request.actor)[0],
        "cards": side_cards(request.actor, order),
        "similar": _similar(order, request.actor),
        "asking": asking,
        "shown": shown,
    }
    response = render(request, "orders/detail.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _similar(order: Order, actor: Actor) -> list[SimilarRow]:
    """While somebody works on it: how similar orders were solved."""
    if order.state not in _WORKED_ON or not sees_text(actor, order):
        return []
    may_finish = "finish" in services.allowed_now(order, actor)
    return similar_rows(similar_to(order, actor, 3), order, may_finish=may_finish)
