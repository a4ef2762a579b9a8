"""Pages of downloads: my files, asking for one, taking it, cancelling it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridpact.core.access import Refused, require
from gridpact.core.edge import actor_of
from gridpact.downloads.choices import BUSY
from gridpact.downloads.forms import AskForm
from gridpact.downloads.kinds import export_kind
from gridpact.downloads.models import Download
from gridpact.downloads.services import ask_download, cancel_download, take_file
from gridpact.downloads.tables import download_rows
from gridpact.downloads.tasks import queue
from gridpact.ui.render import render

SHOWN = 50


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """My latest files; while one is being made the list renews itself."""
    found = list(Download.objects.visible_to(actor_of(request))[:SHOWN])
    context = {"rows": download_rows(found), "busy": any(each.state in BUSY for each in found)}
    return render(request, "downloads/mine.html", context, partial="files")


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, kind: str) -> HttpResponse:
    """What for, and which kind of file; the address carries the filter of the list."""
    actor = actor_of(request)
    wanted = export_kind(kind)
    require(actor, "downloads.ask", wanted)
    params = request.GET.dict()
    form = AskForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    queue(ask_download(
                        kind, actor=actor, params=params,
                        file_format=form.cleaned_data["file_format"],
                        reason=form.cleaned_data["reason"],
                    ))  # fmt: skip
            except Refused as refusal:
                form.add_error(None, refusal.sentence)
                status = refusal.status
            else:
                messages.success(request, _("The file is being made. The bell will tell you."))
                return redirect("downloads:mine")
    context = {
        "form": form,
        "kind": wanted,
        "scope": wanted.scope(actor, params),
        "count": wanted.count(actor, params),
    }
    return render(request, "downloads/ask.html", context, status=status)


def _find(request: HttpRequest, pk: int) -> Download:
    return get_object_or_404(Download.objects.visible_to(actor_of(request)), pk=pk)


@login_required
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The finished file, for its owner only."""
    download = _find(request, pk)
    try:
        path = take_file(download, actor=actor_of(request))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("downloads:mine")
    response = FileResponse(path.open("rb"), as_attachment=True, filename=download.file_name)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop making a file."""
    try:
        cancel_download(_find(request, pk), actor=actor_of(request))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("downloads:mine")
