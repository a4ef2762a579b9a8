"""Pages of the responsibility matrix: the matrix, one field, filling by posts, Excel out and in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Refused, can, require
from gridpact.core.loads import LoadReport
from gridpact.duties import sheets as files
from gridpact.duties import tables
from gridpact.duties.forms import AssignForm, FillForm, MatrixFilter
from gridpact.duties.models import Assignment, WorkItem
from gridpact.duties.registers import DUTIES, ITEMS
from gridpact.duties.selectors import matrix as reads
from gridpact.duties.services import assign, fill_matrix, load_matrix, unassign
from gridpact.duties.views.base import cell_of, form_page, reader
from gridpact.grid.models import Cell
from gridpact.grid.territory import chain_of
from gridpact.orders.views.base import Request
from gridpact.ui import parts, register_import, sheets
from gridpact.ui.paging import keyset_page
from gridpact.ui.render import render

PAGE_SIZE = 200  # cells
EXPORT_LIMIT = 20_000  # cells
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(form: MatrixFilter, cell: Cell) -> tuple[str, list[WorkItem]]:
    """Level and work items of a filter; an invalid filter shows all grids."""
    data = form.cleaned_data if form.is_valid() else {}
    level = reads.level_of(cell, data.get("level") or "")
    items = list(reads.items_of(level, data.get("category") or ""))
    one = data.get("item")
    return level, [item for item in items if item.pk == one.pk] if one else items


@login_required
@require_GET
def matrix(request: Request) -> HttpResponse:
    """Cells × work items with one letter per role; of one work item, its holders by name."""
    actor = reader(request)
    form = MatrixFilter(request.GET)
    cell = cell_of(actor, request.GET.get("cell", ""))
    level, items = _asked(form, cell)
    cells = reads.cells_of(actor, cell, level)
    if form.is_valid() and form.cleaned_data["findings"]:
        cells = reads.with_findings(cells)
    page = keyset_page(cells, ("code",), request.GET.get("cursor"), PAGE_SIZE)
    found = reads.matrix(items, page.items)
    query = urlencode({k: v for k, v in request.GET.items() if k not in {"item", "cursor"}})
    one = items[0] if len(items) == 1 and request.GET.get("item") else None
    roots = frozenset(grant.cell_id for grant in actor.grants_for("grid.read"))
    context = {
        "form": form,
        "cell": cell,
        "page": page,
        "items": items,
        "found": found,
        "path": tables.matrix_crumbs(chain_of(cell), roots),
        "rows": [] if one else tables.matrix_rows(found),
        "lines": [] if one else tables.item_lines(found, query),
        "one": one,
        "holders": _holders(one, found) if one else None,
        "signs": tables.letters(),
        "may_assign": can(actor, "duties.assign", cell),
        "links": _links(request, cell, level),
    }
    return render(request, "duties/matrix.html", context, partial="rows")


def _holders(one: WorkItem, found: reads.Matrix) -> parts.Table:
    here = [line.cell.pk for line in found.lines]
    rows = Assignment.objects.on().filter(item=one, cell__in=here).select_related("post__user")
    return tables.holders_table(one, found.lines, rows, clock.today())


def _links(request: Request, cell: Cell, level: str) -> dict[str, str]:
    query = request.GET.urlencode()
    return {
        "items": reverse(ITEMS.url_name("list")),
        "nine": reverse(DUTIES.url_name("list")),
        "fill": f"{reverse('duties:fill', args=(cell.code,))}?level={level}",
        "export": f"{reverse('duties:export')}?{query}",
        "import": reverse("duties:import"),
        "all": f"?cell={cell.code}",
    }


@login_required
@require_http_methods(["GET", "POST"])
def field(request: Request, code: str, key: str) -> HttpResponse:
    """One field: who has which role since when, what was before, and the form to assign."""
    actor = reader(request)
    cell = cell_of(actor, code)
    item = WorkItem.objects.filter(code=key, is_active=True).first()
    if item is None or cell.level not in item.levels:
        raise Refused("not_found", 404)
    if request.method == "POST":
        require(actor, "duties.assign", cell)
    back = reverse("duties:field", args=(cell.code, item.code))
    if end := request.POST.get("end"):
        rows = Assignment.objects.visible_to(actor).filter(item=item, cell=cell)
        row = rows.filter(pk=end).first() if end.isdecimal() and len(end) < 18 else None
        if row is None:
            raise Refused("not_found", 404)
        unassign(row, actor=actor)
        messages.success(request, _("Saved."))
        return redirect(back)
    form = AssignForm(cell, request.POST or None)

    def save() -> None:
        data = form.cleaned_data
        assign(item, cell, data["role"], data["post"], starts=data["starts"], actor=actor)

    context = {
        "cell": cell,
        "item": item,
        "chain": chain_of(cell),
        "lines": tables.role_lines(reads.field_rows(cell, item)),
        "may_assign": can(actor, "duties.assign", cell),
        "matrix_href": reverse("duties:matrix"),
    }
    return form_page(request, form, save, template="duties/field.html", context=context, back=back)


@login_required
@require_http_methods(["GET", "POST"])
def fill(request: Request, code: str) -> HttpResponse:
    """Assign by kinds of posts in a whole subtree."""
    actor = reader(request)
    cell = cell_of(actor, code)
    require(actor, "duties.assign", cell)
    level = reads.level_of(cell, request.GET.get("level", ""))
    form = FillForm(cell, level, request.POST or None)

    def save() -> None:
        made = fill_matrix(
            cell, level=level, items=form.chosen, kinds=form.kinds,
            replace=form.cleaned_data["replace"], actor=actor,
        )  # fmt: skip
        messages.info(request, _("%(n)s roles were assigned.") % {"n": made})

    number = reads.cells_of(actor, cell, level).count()
    back = f"{reverse('duties:matrix')}?cell={cell.code}&level={level}"
    context = {"cell": cell, "number": number, "back": back}
    return form_page(request, form, save, template="duties/fill.html", context=context, back=back)


@login_required
@require_GET
def export(request: Request) -> FileResponse:
    """The matrix as shown, as .xlsx: one row a cell and work item, roles by username."""
    actor = reader(request)
    form = MatrixFilter(request.GET)
    cell = cell_of(actor, request.GET.get("cell", ""))
    level, items = _asked(form, cell)
    cells = reads.cells_of(actor, cell, level)
    if form.is_valid() and form.cleaned_data["findings"]:
        cells = reads.with_findings(cells)
    shown = list(cells.order_by("code")[:EXPORT_LIMIT])
    title = str(_("Responsibility matrix"))
    audit.record(actor, "duties.export", cell, label=cell.code,
                 why=request.GET.urlencode()[:500])  # fmt: skip
    now = clock.now().astimezone(clock.LOCAL)
    mark = f"{actor.name} · {actor.post_label} · {now:%Y-%m-%d %H:%M}"
    rows = files.rows(items, shown, clock.today())
    book = sheets.write_xlsx(files.columns(), rows, title=title, mark=mark)
    name = f"{title}-{cell.name}-{clock.today().isoformat()}.xlsx"
    return FileResponse(book, as_attachment=True, filename=name, content_type=XLSX)


@login_required
@require_http_methods(["GET", "POST"])
def importing(request: Request) -> HttpResponse:
    """Upload → dry run → confirm, as in every register; the template is the export."""
    actor = reader(request)
    if not actor.has("grid.edit"):
        raise Refused("forbidden", 403)
    context: dict[str, Any] = {
        "register": {"title": _("Responsibility matrix")},
        "links": {
            "list": reverse("duties:matrix"),
            "template": reverse("duties:export"),
            "import": reverse("duties:import"),
        },
        "form": register_import.UploadForm(),
    }
    status = 200
    if request.method == "POST":
        try:
            if _import_step(request, context):
                return redirect("duties:matrix")
        except Refused as refusal:
            context["refusal"], status = refusal, 422
    return render(request, "ui/register_import.html", context, status=status)


def _import_step(request: Request, context: dict[str, Any]) -> bool:
    """One POST of the import; True when it was confirmed and everything is saved."""
    actor = request.actor
    if token := request.POST.get("token"):
        with register_import.kept_file(token, actor) as (file, name):
            table, _flaws, _unused = files.read(file, name)
            report = load_matrix(table, actor=actor)
        context["result"] = _result(report)
        if report.saved:
            messages.success(request, _("%(n)s rows changed.") % {"n": report.accepted})
        return report.saved
    form = context["form"] = register_import.UploadForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        table, flaws, unused = files.read(upload, upload.name)
        report = load_matrix(table, actor=actor, dry_run=True)
        report.rejected += sorted(flaws.items())
        context["result"] = _result(report, unused)
        if not report.rejected and report.accepted:
            context["token"] = register_import.keep(upload, upload.name, actor)
    return False


def _result(report: LoadReport, unused: list[str] | None = None) -> register_import.ImportResult:
    return register_import.ImportResult(
        updated=report.accepted,
        unchanged=report.unchanged,
        rejected=[register_import.Reject(row, why) for row, why in report.rejected],
        unused=unused or [],
    )
