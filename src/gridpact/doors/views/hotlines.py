"""Pages of hotlines: load a file after a check, export how its calls stand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.doors.choices import HOTLINE_PARTS
from gridpact.doors.forms import ColumnsForm, HotlineForm
from gridpact.doors.models import Hotline
from gridpact.doors.services import HotlineFile, export_status, load_hotline
from gridpact.doors.tables import status_columns, status_row
from gridpact.orders.views.base import Request
from gridpact.ui import register_import, sheets
from gridpact.ui.render import render

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
SHOWN = 200


@login_required
@require_http_methods(["GET", "POST"])
def hotlines(request: Request) -> HttpResponse:
    """GET: the hotlines and the form. POST: first a check, then, with its token, the load."""
    actor = request.actor
    require(actor, "orders.load")
    known = list(Hotline.objects.all())
    given = {"code": known[0].code, "hotline": known[0].name} if known else {}
    context: dict[str, Any] = {"known": known, "form": HotlineForm(actor=actor, initial=given)}
    status = 200
    if request.method == "POST":
        form = context["form"] = HotlineForm(request.POST, request.FILES, actor=actor)
        try:
            if form.is_valid() and _step(request, form, context):
                return redirect("doors:hotlines")
        except Refused as refusal:
            field = str(refusal.params.get("field", ""))
            form.add_error(field if field in form.fields else None, refusal.sentence)
        status = 422 if form.errors else 200
    return render(request, "doors/hotlines.html", context, status=status)


def _step(request: Request, form: HotlineForm, context: dict[str, Any]) -> bool:
    """Check or load; True when everything was saved."""
    data, token = form.cleaned_data, request.POST.get("token", "")
    loading = "load" in request.POST
    columns = {
        part: request.POST.get(f"column_{part}", "") for part, _label, _must in HOTLINE_PARTS
    }
    with _upload(form, token, request.actor) as (file, name):
        given = HotlineFile(file, name, data["code"], data["hotline"], data["cell"], columns)
        table, report = load_hotline(given, actor=request.actor, dry_run=not loading)
        kept = "" if report.saved else register_import.keep(file, name, request.actor)
    if report.saved:
        said = {"n": report.accepted, "same": report.unchanged}
        text = _("%(n)s calls were taken over, %(same)s were here already.") % said
        messages.success(request, text)
        return True
    chosen = {f"column_{part}": name for part, name in table.columns.items()}
    context |= {
        "report": report,
        "rejected": report.rejected[:SHOWN],
        "columns": ColumnsForm(header=table.header, initial=chosen),
        "missing": table.missing,
        "token": kept,
        "may_load": not table.missing and not report.rejected and report.accepted > 0,
    }
    return False


@contextmanager
def _upload(form: HotlineForm, token: str, actor: Actor) -> Iterator[tuple[IO[bytes], str]]:
    """The file that was sent now, else the one kept at the check."""
    upload = form.cleaned_data["file"]
    if upload is not None:
        yield upload, upload.name
    elif token:
        with register_import.kept_file(token, actor) as kept:
            yield kept
    else:
        raise Refused("missing", 422, field="file")


@login_required
@require_GET
def export(request: Request, code: str) -> FileResponse | StreamingHttpResponse:
    """How the calls of a hotline stand: since the last export, or in `from`–`to`; xlsx or csv."""
    actor = request.actor
    require(actor, "orders.load")
    hotline = Hotline.objects.filter(code=code).first()
    if hotline is None:
        raise Http404
    since = _day(request.GET.get("from", ""), hotline.told_until if "new" in request.GET else None)
    until = _day(request.GET.get("to", ""), None)
    rows = export_status(hotline, actor=actor, since=since, until=until)
    lines = [status_row(order) for order in rows]
    now = clock.now().astimezone(clock.LOCAL)
    name = f"{hotline.name}-{now:%Y%m%d%H%M}"
    columns = status_columns()
    if request.GET.get("as") == "csv":
        response = StreamingHttpResponse(sheets.write_csv(columns, lines), content_type=CSV)
        response["Content-Disposition"] = (
            content_disposition_header(as_attachment=True, filename=f"{name}.csv") or ""
        )
        return response
    mark = f"{actor.name} · {actor.post_label} · {now:%Y-%m-%d %H:%M}"
    book = sheets.write_xlsx(columns, lines, title=hotline.name, mark=mark)
    return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def _day(given: str, otherwise: datetime | None) -> datetime | None:
    """The start of a day `yyyy-mm-dd`, local time."""
    try:
        return datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=clock.LOCAL)
    except ValueError:
        return otherwise
