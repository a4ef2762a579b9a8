"""Pages of the shell: workbench, messages, search, audit screen, and personal preferences."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from gridpact.audit.models import AuditRow
from gridpact.core.access import Actor, Refused
from gridpact.notify.models import Notification
from gridpact.notify.services import mark_read
from gridpact.ui.paging import Page, keyset_page
from gridpact.ui.render import render
from gridpact.web import menu, selectors
from gridpact.web.context import THEMES, TYPE_SIZES
from gridpact.web.forms import AuditFilter
from gridpact.web.middleware import LANGUAGE_COOKIE

MESSAGES = 50
AUDIT_ROWS = 50
YEAR = 365 * 24 * 3600
# What a person may set, the cookie that keeps it, and the values that make sense.
PREFERENCES = {
    "theme": ("theme", THEMES),
    "type": ("type", TYPE_SIZES),
    "language": (LANGUAGE_COOKIE, ("zh-hans", "en")),
}


class Request(HttpRequest):
    """A request after the middleware: it knows who acts."""

    actor: Actor


@login_required
@require_GET
def work(request: Request) -> HttpResponse:
    """What this person has to do now; for administrators, the ways into their own work."""
    bench = selectors.workbench(request.actor)
    context = {
        "bench": bench,
        "entries": [] if bench.handles_orders else _entries(request.actor),
    }
    return render(request, "web/work.html", context)


def _entries(actor: Actor) -> list[menu.Item]:
    """The menu without the pages about orders, for those who handle none."""
    skipped = {reverse("web:work"), reverse("orders:hall"), reverse("orders:list")}
    return [item for item in menu.items(menu.RAIL, actor, "") if item.href not in skipped]


@login_required
@require_GET
def bell(request: Request) -> HttpResponse:
    """The person's messages: unread ones first, then the others, newest on top."""
    mine = Notification.objects.of(request.actor.user_id)
    unread = list(mine.unread().order_by("-id")[: MESSAGES + 1])
    cursor = request.GET.get("cursor", "")
    page: Page[Notification] = keyset_page(
        mine.filter(read_at__isnull=False), ("-id",), cursor, MESSAGES
    )
    context = {"unread": unread[:MESSAGES], "more": len(unread) > MESSAGES, "page": page}
    return render(request, "web/bell.html", context)


@login_required
@require_GET
def bell_open(request: Request, key: int) -> HttpResponse:
    """Mark one message as read and go where it leads."""
    message = Notification.objects.of(request.actor.user_id).filter(pk=key).first()
    if message is None:
        raise Http404
    mark_read(actor=request.actor, notification_id=message.pk)
    return redirect(_local(request, message.link) or reverse("web:bell"))


@login_required
@require_POST
def bell_read(request: Request) -> HttpResponse:
    """Mark every message as read."""
    mark_read(actor=request.actor)
    return redirect("web:bell")


@login_required
@require_GET
def search(request: Request) -> HttpResponse:
    """By number straight to the order; by phone or words to what lies in sight; cells by name."""
    query = request.GET.get("q", "").strip()
    found = selectors.find(request.actor, query)
    if found.exact:
        return redirect(found.exact)
    return render(request, "web/search.html", {"query": query, "found": found})


@login_required
@require_GET
def audit(request: Request) -> HttpResponse:
    """The log of verbs, newest first, for the audit administrator only."""
    if not request.actor.has("audit.read"):
        raise Refused("forbidden", 403)
    form = AuditFilter(request.GET)
    form.is_valid()
    rows = selectors.audit_rows(form.cleaned_data)
    page: Page[AuditRow] = keyset_page(rows, ("-id",), request.GET.get("cursor", ""), AUDIT_ROWS)
    return render(request, "web/audit.html", {"filter_form": form, "page": page}, partial="rows")


@require_POST
def prefs(request: Request) -> HttpResponse:
    """Theme, type size and language (cookies, for anyone) and the post acted as (session)."""
    response = redirect(_local(request, request.POST.get("next", "")) or reverse("web:work"))
    for name, (cookie, allowed) in PREFERENCES.items():
        value = request.POST.get(name, "")
        if value in allowed:
            response.set_cookie(
                cookie,
                value,
                max_age=YEAR,
                samesite="Lax",
                secure=request.is_secure(),
                httponly=True,
            )
    post = request.POST.get("post", "")
    if post.isdecimal() and any(
        grant.appointment_id == int(post) for grant in request.actor.grants
    ):
        request.session["acting_as"] = int(post)
    return response


def _local(request: HttpRequest, target: str) -> str:
    """`target` when it leads to this site, else nothing."""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if target and safe else ""
