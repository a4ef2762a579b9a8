"""Pages of the networks: all of them, the report of one with its map, loading a file."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, can, require
from gridpact.core.edge import actor_of
from gridpact.core.loads import LoadReport
from gridpact.grid.tree import tree_at
from gridpact.networks import tables
from gridpact.networks.choices import Served
from gridpact.networks.forms import ALL_GRIDS, LoadForm, ReportForm
from gridpact.networks.models import Network
from gridpact.networks.registers import KEPT
from gridpact.networks.selectors.report import Report
from gridpact.networks.services import load_features, load_table, report_of, reports
from gridpact.ui import parts
from gridpact.ui.render import render
from gridpact.ui.sheets import read_table, write_xlsx

SHOWN_REJECTS = 100
MOST_ROWS = 300


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    require(actor, "networks.read")
    return actor


def _network(actor: Actor, code: str) -> Network:
    """A network in sight, or 404."""
    found = Network.objects.visible_to(actor).select_related("org").filter(code=code).first()
    if found is None:
        raise Refused("not_found", 404)
    return found


def _query(request: HttpRequest, *without: str) -> str:
    query = request.GET.copy()
    for name in without:
        query.pop(name, None)
    return query.urlencode()


@login_required
@require_GET
def networks(request: HttpRequest) -> HttpResponse:
    """All networks in use and how they lie on the grids of the reader's ground."""
    actor = _reader(request)
    form = ReportForm(request.GET)
    rows = Network.objects.visible_to(actor).active().select_related("org")
    found = list(reports(rows, actor=actor, **form.question))
    context = {
        "form": form,
        "table": tables.network_table(found, _query(request, "show")),
        "actions": _actions(actor),
    }
    return render(request, "networks/networks.html", context, partial="rows")


def _actions(actor: Actor) -> list[parts.Action]:
    actions = []
    if actor.has("grid.read"):
        actions.append(
            parts.Action(_("Names and thresholds"), reverse(KEPT.url_name("list")), "settings")
        )
    if can(actor, "networks.load"):
        actions.append(parts.Action(_("Load a file"), reverse("networks:load"), "upload"))
    return actions


@login_required
@require_GET
def report(request: HttpRequest, code: str) -> HttpResponse:
    """One network: figures, map and the list that was asked for."""
    actor = _reader(request)
    network = _network(actor, code)
    form = ReportForm(request.GET)
    found = report_of(network, actor=actor, **form.question)
    query = _query(request, "show")
    table, count = _table(found, form.shown)
    place = reverse("networks:outlines", kwargs={"code": code})
    marks = reverse("networks:points", kwargs={"code": code})
    context = {
        "network": network,
        "form": form,
        "day": found.day,
        "stats": tables.stats(found, query),
        "table": table,
        "count": count,
        "cut": count > MOST_ROWS,
        "map_src": f"{place}?{query}",
        "map_points": f"{marks}?{query}",
        "export": f"{reverse('networks:export', kwargs={'code': code})}?{query}",
    }
    return render(request, "networks/report.html", context, partial="rows")


def _table(found: Report, shown: str) -> tuple[parts.Table, int]:
    """Grids, all or by how far they are served, or findings; and how many there are in all."""
    snapshot = tree_at(found.day)
    if shown == ALL_GRIDS or shown in Served.values:
        lines = [line for line in found.lines if shown in {ALL_GRIDS, line.served}]
        return tables.line_table(lines[:MOST_ROWS], snapshot), len(lines)
    findings = [one for one in found.findings if shown in {"", one.kind}]
    return tables.finding_table(findings[:MOST_ROWS], found, snapshot), len(findings)


@login_required
@require_GET
def outlines(request: HttpRequest, code: str) -> JsonResponse:
    """GeoJSON of our grids by how far the network serves them."""
    found = _asked(request, code)
    shown = {line.cell.id for line in found.lines}
    boundaries = {pk: area for pk, area in tree_at(found.day).boundaries() if pk in shown}
    return _private(tables.features(found, boundaries))


@login_required
@require_GET
def points(request: HttpRequest, code: str) -> JsonResponse:
    """GeoJSON of where findings lie."""
    return _private(tables.points(_asked(request, code)))


def _asked(request: HttpRequest, code: str) -> Report:
    actor = _reader(request)
    question = ReportForm(request.GET).question
    return report_of(_network(actor, code), actor=actor, **question)


def _private(data: dict[str, Any]) -> JsonResponse:
    answer = JsonResponse(data)
    answer["Cache-Control"] = "private, max-age=60"
    return answer


@login_required
@require_GET
def export(request: HttpRequest, code: str) -> FileResponse:
    """The report as Excel; the export is logged."""
    actor = _reader(request)
    found = _asked(request, code)
    audit.record(actor, "networks.export", found.network, label=f"{code}: {len(found.lines)}")
    mark = f"{actor.name} {clock.today().isoformat()}"
    rows = tables.sheet_rows(found, tree_at(found.day))
    book = write_xlsx(tables.SHEET, rows, title=found.network.name, mark=mark)
    name = f"{code}-{_day(found.day)}.xlsx"
    return FileResponse(book, as_attachment=True, filename=name)


def _day(day: date) -> str:
    return day.isoformat()


@login_required
@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Load cells of networks from a file, or only check it; reasons are shown by row."""
    actor = _reader(request)
    require(actor, "networks.load")
    form = LoadForm(request.POST or None, request.FILES or None)
    done: LoadReport | None = None
    if request.method == "POST" and form.is_valid():
        try:
            done = _load(form.cleaned_data, actor)
        except Refused as refusal:
            form.add_error("file", refusal.sentence)
        else:
            if done.saved:
                messages.success(request, _("Saved: %(n)s rows.") % {"n": done.accepted})
                return redirect("networks:networks")
    context = {
        "form": form,
        "done": done,
        "rejected": done.rejected[:SHOWN_REJECTS] if done else [],
    }
    wrong = bool(form.errors) or bool(done and done.rejected)
    return render(request, "networks/load.html", context, status=422 if wrong else 200)


def _load(data: dict[str, Any], actor: Actor) -> LoadReport:
    file, dry_run = data["file"], data["check_only"]
    if file.name.lower().endswith((".xlsx", ".csv")):
        sheet = read_table(file, file.name)
        rows = [
            (number, {head.strip("* ").lower(): text for head, text in row.items()})
            for number, row in sheet.rows
        ]
        if sheet.flaws:
            return LoadReport(rejected=sorted(sheet.flaws.items()))
        return load_table(rows, actor=actor, dry_run=dry_run)
    try:
        content = orjson.loads(file.read())
    except orjson.JSONDecodeError as error:
        raise Refused("network_file", 422, name=file.name) from error
    found = content.get("features") if isinstance(content, dict) else None
    if not isinstance(found, list):
        raise Refused("network_file", 422, name=file.name)
    datum = str(content.get("datum") or data["datum"])
    return load_features(found, actor=actor, dry_run=dry_run, datum=datum)
