"""The rules in force, their versions and what changed between them."""

from __future__ import annotations

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridpact.core.access import Actor, Refused, require
from gridpact.orders.views.base import Request
from gridpact.routing.models import RuleSet
from gridpact.routing.selectors.checks import checked
from gridpact.routing.selectors.diff import changes
from gridpact.routing.selectors.exchange import rules_json
from gridpact.routing.services import restore_version
from gridpact.routing.tables import change_rows, finding_lines, stage_rows, version_table
from gridpact.ui import parts
from gridpact.ui.paging import Page, keyset_page
from gridpact.ui.render import render

PAGE_SIZE = 50


def keeper(request: Request) -> Actor:
    """The actor, whose post must keep the rules."""
    require(request.actor, "routing.edit")
    return request.actor


@login_required
@require_GET
def live(request: Request) -> HttpResponse:
    """The rules in force in the order in which they are asked, and what is wrong with them."""
    keeper(request)
    found = RuleSet.objects.live().select_related("published_by").first()
    lines = checked(list(found.rules.all()) if found is not None else [])
    context = {
        "found": found,
        "stages": stage_rows(lines),
        "findings": finding_lines(line for line in lines if line.rule.is_active),
        "draft": RuleSet.objects.drafts().first(),
    }
    return render(request, "routing/live.html", context)


@login_required
@require_GET
def export(request: Request) -> HttpResponse:
    """The rules in force as a JSON file; loading it again changes nothing."""
    keeper(request)
    found = RuleSet.objects.live().first()
    rules = rules_json(found.rules.all()) if found is not None else []
    answer = HttpResponse(
        orjson.dumps(rules, option=orjson.OPT_INDENT_2), content_type="application/json"
    )
    number = found.number if found is not None else 0
    answer["Content-Disposition"] = f'attachment; filename="routing-{number}.json"'
    return answer


@login_required
@require_GET
def versions(request: Request) -> HttpResponse:
    """Every version that was in force, newest first."""
    keeper(request)
    rows = RuleSet.objects.published().annotate(rule_count=Count("rules"))
    page: Page[RuleSet] = keyset_page(
        rows.select_related("published_by"), ("-number",), request.GET.get("cursor", ""), PAGE_SIZE
    )
    context = {"page": page, "table": version_table(page.items), "path": _path(_("Versions"))}
    return render(request, "routing/versions.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def version(request: Request, pk: int) -> HttpResponse:
    """One version (by number): its rules and what it changed. POST: bring it back into force."""
    actor = keeper(request)
    found = RuleSet.objects.published().filter(number=pk).first()
    if found is None:
        raise Http404
    refused = ""
    if request.method == "POST":
        try:
            fresh = restore_version(pk, actor=actor)
        except Refused as refusal:
            refused = refusal.sentence
        else:
            messages.success(request, _("Version %(n)s is in force.") % {"n": fresh.number})
            return redirect("routing:live")
    before = RuleSet.objects.published().filter(number__lt=pk).first()
    rules = list(found.rules.all())
    title = _("Version %(number)s") % {"number": found.number}
    context = {
        "found": found,
        "title": title,
        "refused": refused,
        "stages": stage_rows(checked(rules)),
        "before": before,
        "changes": change_rows(changes(list(before.rules.all()) if before else [], rules)),
        "path": _path(_("Versions"), reverse("routing:versions"), title),
    }
    return render(request, "routing/version.html", context, status=409 if refused else 200)


def _path(label: str, href: str = "", last: str = "") -> list[parts.Crumb]:
    """The way from the rules in force to here."""
    path = [parts.Crumb(_("Routing rules"), reverse("routing:live")), parts.Crumb(label, href)]
    return [*path, parts.Crumb(last)] if last else path
