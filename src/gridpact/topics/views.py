"""Pages of hot topics: the list, one topic with its orders, making one matter of them."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, can, require
from gridpact.core.edge import actor_of
from gridpact.orders.tables.many import bulk_bar
from gridpact.orders.tables.rows import order_rows
from gridpact.topics import services
from gridpact.topics.selectors import (
    Seen,
    area_of,
    orders_of,
    seen_topic,
    seen_topics,
    weeks_of,
)
from gridpact.topics.tables import (
    COLUMNS,
    period_tabs,
    sheet_rows,
    topic_lines,
    week_bars,
    where_of,
)
from gridpact.topics.tasks import queue_look
from gridpact.ui.render import render
from gridpact.ui.sheets import write_xlsx

MOST_ROWS = 100


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    require(actor, "topics.read")
    return actor


@login_required
@require_GET
def topics(request: HttpRequest) -> HttpResponseBase:
    """The hottest topics of the reader's area; `?format=xlsx` as a file."""
    actor = _reader(request)
    days = services.period_of(request.GET.get("days", ""))
    cell = area_of(actor)
    found = seen_topics(actor, cell, days) if cell is not None else []
    if request.GET.get("format") == "xlsx":
        audit.record(actor, "topics.export", cell, label=str(len(found)))
        mark = f"{actor.name} {clock.now().astimezone(clock.LOCAL):%Y-%m-%d %H:%M}"
        file = write_xlsx(COLUMNS, sheet_rows(found), title=_("Hot topics"), mark=mark)
        return FileResponse(file, as_attachment=True, filename=f"topics-{days}.xlsx")
    context = {
        "cell": cell,
        "days_text": str(days),
        "tabs": period_tabs(days),
        "lines": topic_lines(found),
        "made_at": found[0].topic.made_at if found else None,
    }
    return render(request, "topics/list.html", context)


@login_required
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Let the worker look for topics now."""
    actor = _reader(request)
    require(actor, "topics.look")
    cell = area_of(actor)
    if cell is not None and queue_look(cell):
        messages.success(request, _("The worker looks for topics now; come back in a minute."))
    else:
        messages.info(request, _("The worker is looking already."))
    return redirect("topics:list")


def _found(actor: Actor, pk: int) -> Seen:
    seen = seen_topic(actor, pk)
    if seen is None:
        raise Http404
    return seen


@login_required
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One topic: where, since when, week by week, and the orders behind each number."""
    actor = _reader(request)
    return _detail(request, actor, _found(actor, pk))


def _detail(
    request: HttpRequest, actor: Actor, seen: Seen, refused: str = "", status: int = 200
) -> HttpResponse:
    topic = seen.topic
    rows = orders_of(topic, actor).for_rows().order_by("created_at", "id")
    orders = list(rows[:MOST_ROWS])
    bar = bulk_bar(orders, actor)
    context = {
        "seen": seen,
        "topic": topic,
        "where": where_of(topic),
        "share": round(100 * topic.at_place),
        "weeks": week_bars(weeks_of(topic, actor)),
        "rows": [replace(row, moves=bar.moves[row.number]) for row in order_rows(orders, actor)],
        "bulk": bar.actions,
        "targets": [order for order in orders if order.is_open],
        "may_merge": any(can(actor, "orders.merge", order) for order in orders),
        "refused": refused,
    }
    return render(request, "topics/detail.html", context, status=status)


@login_required
@require_POST
def unite(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge the picked orders into one of them; first what that would do, then for good."""
    actor = _reader(request)
    seen = _found(actor, pk)
    sure = request.POST.get("confirm") == "yes"
    verb = services.unite_topic if sure else services.preview_union
    reason, numbers = request.POST.get("reason", ""), request.POST.getlist("pick")
    try:
        made = verb(
            seen.topic, actor=actor, into=request.POST.get("into", ""), numbers=numbers,
            reason=reason,
        )  # fmt: skip
    except Refused as refusal:
        return _detail(request, actor, seen, refusal.sentence, refusal.status)
    if not sure:
        context = {"topic": seen.topic, "made": made, "reason": reason}
        orders = orders_of(seen.topic, actor).in_bulk(
            [made.target, *made.merged], field_name="number"
        )
        context |= {
            "target": orders[made.target],
            "merged": [orders[number] for number in made.merged],
        }
        return render(request, "topics/unite.html", context)
    facts = {"n": len(made.merged), "into": made.target}
    messages.success(request, _("%(n)s orders were merged into %(into)s.") % facts)
    for number, why in made.refused:
        messages.warning(request, f"{number}: {why}")
    return redirect("orders:detail", made.target)
