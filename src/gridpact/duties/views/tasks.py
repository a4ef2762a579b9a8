"""Pages of tasks: mine, those below me, one task with its end, an order from a task, photos."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from gridpact.core.access import Refused, can, require
from gridpact.duties import tables
from gridpact.duties.choices import TaskState
from gridpact.duties.forms import FinishForm, TaskForm
from gridpact.duties.models import Task, TaskPhoto
from gridpact.duties.selectors import mine as reads
from gridpact.duties.services import finish_task, open_task
from gridpact.duties.views.base import cell_of, form_page, reader
from gridpact.orders.choices import Channel, Kind
from gridpact.orders.forms.fields import kept_ids
from gridpact.orders.models import Order
from gridpact.orders.views.base import Request, keep_files, kept_photos
from gridpact.orders.views.intake import place
from gridpact.ui import parts
from gridpact.ui.paging import keyset_page
from gridpact.ui.render import render

PAGE_SIZE = 50
ALL = "ALL"
ENDED = [choice for choice in TaskState.choices if choice[0] != TaskState.OPEN]


class TaskFilter(forms.Form):
    """Which of the tasks in sight: by state, or only overdue ones; in a cell."""

    cell = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("to be done")), *ENDED, (ALL, gettext_lazy("all"))],
    )
    overdue = forms.BooleanField(label=gettext_lazy("Only overdue ones"), required=False)


@login_required
@require_GET
def tasks(request: Request) -> HttpResponse:
    """My tasks: overdue, today, later, and what ended of late."""
    actor = request.actor
    found = reads.mine(actor)
    groups = (
        (_("Overdue"), found.overdue),
        (_("Today"), found.today),
        (_("Later"), found.later),
        (_("Ended in the last days"), found.done),
    )
    names = reads.cell_names(task for _title, group in groups for task in group)
    context = {
        "groups": [(title, tables.task_rows(group, names)) for title, group in groups if group],
        "duties": reads.nine_duties(actor),
        "views": _views(request),
    }
    return render(request, "duties/tasks.html", context)


def _views(request: Request) -> list[parts.Tab]:
    """The tabs: mine, and for heads and desks those below them."""
    below = reverse("duties:below")
    tabs = [parts.Tab(_("My tasks"), reverse("duties:tasks"), active=request.path != below)]
    if any(grant.is_head or "grid.edit" in grant.rights for grant in request.actor.grants):
        tabs.append(parts.Tab(_("Tasks below me"), below, active=request.path == below))
    return tabs


@login_required
@require_GET
def below(request: Request) -> HttpResponse:
    """Tasks in sight of a head or desk: open ones by urgency, ended ones from the newest."""
    actor = request.actor
    form = TaskFilter(request.GET)
    rows = reads.seen_tasks(actor)
    data = form.cleaned_data if form.is_valid() else {}
    if data.get("cell"):
        rows = rows.under(cell_of(actor, data["cell"]))
    state = data.get("state") or TaskState.OPEN
    if state != ALL:
        rows = rows.filter(state=state)
    if data.get("overdue"):
        rows = rows.overdue()
    page = keyset_page(
        rows,
        ("due_on", "id") if state == TaskState.OPEN else ("-due_on", "-id"),
        request.GET.get("cursor"),
        PAGE_SIZE,
    )
    context = {
        "form": form,
        "page": page,
        "rows": tables.task_rows(page.items, reads.cell_names(page.items)),
        "views": _views(request),
        "filtered": any(data.values()),
    }
    return render(request, "duties/below.html", context, partial="rows")


@login_required
@require_http_methods(["GET", "POST"])
def task(request: Request, pk: int) -> HttpResponse:
    """One task: what is to be done, who has it until when; for its holder, the form to end it."""
    actor = request.actor
    found = reads.one_task(actor, pk)
    may_finish = found.is_open and can(actor, "duties.finish_task", found)
    if request.method == "POST":
        return _finish(request, found)
    return _task_page(request, found, FinishForm(), may_finish=may_finish)


def _finish(request: Request, found: Task) -> HttpResponse:
    form = FinishForm(request.POST, request.FILES)
    keep_files(form, request)
    if form.is_valid():
        data = form.cleaned_data
        try:
            finish_task(found, actor=request.actor, note=data["note"], photos=data["kept"])
        except Refused as refusal:
            if refusal.status == 403:
                raise
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The task is done."))
            return redirect("duties:tasks")
    return _task_page(request, found, form, may_finish=True, status=422)


def _task_page(
    request: Request, found: Task, form: FinishForm, *, may_finish: bool, status: int = 200
) -> HttpResponse:
    ids = kept_ids(form["kept"].value())
    photos = list(found.photos.all())
    context: dict[str, Any] = {
        "task": found,
        "row": tables.task_rows([found], reads.cell_names([found]))[0],
        "form": form if may_finish else None,
        "kept": kept_photos(request.actor, ids),
        "kept_count": len(ids),
        "pictures": tables.photo_parts(one for one in photos if one.kind == "image"),
        "documents": [one for one in photos if one.kind != "image"],
        "may_order": may_finish and request.actor.has("orders.submit_for"),
        "order": found.order if found.order and _sees(request, found.order) else None,
    }
    return render(request, "duties/task.html", context, status=status)


def _sees(request: Request, order: Order) -> bool:
    return Order.objects.visible_to(request.actor).filter(pk=order.pk).exists()


@login_required
@require_http_methods(["GET", "POST"])
def order_from(request: Request, pk: int) -> HttpResponse:
    """Place an order from what the task showed; the task is done with it, in one transaction."""
    found = reads.one_task(request.actor, pk)
    require(request.actor, "duties.finish_task", found)
    if not found.is_open:
        raise Refused("task_ended", 409)
    given = {"cell": found.cell.code, "kind": Kind.REPORT, "channel": Channel.STAFF}

    def then(order: Order) -> HttpResponse:
        finish_task(found, actor=request.actor, order=order)
        return redirect("duties:task", found.pk)

    return place(request, given, then)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: Request, code: str) -> HttpResponse:
    """Give somebody of a cell a task outside any cadence."""
    actor = reader(request)
    cell = cell_of(actor, code)
    require(actor, "duties.open_task", cell)
    form = TaskForm(cell, request.POST or None)

    def save() -> None:
        data = form.cleaned_data
        open_task(data["title"], cell, data["post"], data["due_on"], note=data["note"], actor=actor)

    back = reverse("duties:below")
    context = {"cell": cell, "title": _("New task")}
    return form_page(request, form, save, template="duties/form.html", context=context, back=back)


@login_required
@require_GET
def photo(request: Request, uuid: UUID) -> FileResponse:
    """A picture or document of a task in sight (`?s=1`: its thumbnail); 404 else."""
    seen = Task.objects.visible_to(request.actor)
    found = TaskPhoto.objects.filter(pk=uuid, task__in=seen).first()
    if found is None:
        raise Http404
    small = bool(request.GET.get("s")) and bool(found.thumb)
    name = (found.thumb.name if small else found.file.name) or ""
    try:
        stream = default_storage.open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    kind = "image/jpeg" if found.kind == "image" else "application/pdf"
    response = FileResponse(stream, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
