"""The pages of a register: list, detail, form, export, template and import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django.contrib import messages
from django.db import transaction
from django.db.models import Model
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.core.edge import actor_of
from gridpact.ui import paging, parts, register_import, sheets
from gridpact.ui.registers import Register
from gridpact.ui.render import render

M = TypeVar("M", bound=Model)
PAGE_SIZE = 50
EXPORT_LIMIT = 200_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
View = Callable[..., Any]


def patterns(register: Register[Any], prefix: str) -> list[URLPattern]:
    """The URL patterns of `register`; the fixed words come before the key of a row."""
    name = register.name

    def bound(view: View) -> View:
        def run(request: HttpRequest, **kwargs: str) -> Any:
            return view(request, register, **kwargs)

        run.__name__ = f"{name}_{view.__name__}"
        return run

    return [
        path(prefix, bound(listing), name=f"{name}_list"),
        path(f"{prefix}new", bound(new), name=f"{name}_new"),
        path(f"{prefix}export.xlsx", bound(export_xlsx), name=f"{name}_export"),
        path(f"{prefix}export.csv", bound(export_csv), name=f"{name}_export_csv"),
        path(f"{prefix}import", bound(importing), name=f"{name}_import"),
        path(f"{prefix}template.xlsx", bound(template), name=f"{name}_template"),
        path(f"{prefix}<str:key>", bound(detail), name=f"{name}_detail"),
        path(f"{prefix}<str:key>/edit", bound(edit), name=f"{name}_edit"),
    ]


def _frame(register: Register[Any], actor: Actor) -> dict[str, Any]:
    pages = ("list", "new", "import", "export", "export_csv", "template")
    return {
        "register": register,
        "can_write": register.can_write(actor),
        "can_import": register.can_write(actor) and register.create is not None,
        "links": {page: reverse(register.url_name(page)) for page in pages},
    }


def _table(register: Register[M], rows: list[M]) -> parts.Table:
    columns = [parts.Column(one.heading or one.label, one.kind) for one in register.columns]  # type: ignore[arg-type]  # markup where plain text is typed
    made = []
    for row in rows:
        key = register.key_of(row)
        href = reverse(register.url_name("detail"), kwargs={"key": key})
        cells = tuple(
            parts.Cell(column, one.show(row), href if index == 0 else "", one.masked)
            for index, (column, one) in enumerate(zip(columns, register.columns, strict=True))
        )
        made.append(parts.Row(key, cells))
    return parts.Table(columns, tuple(made), register.title)


@require_GET
def listing(request: HttpRequest, register: Register[Any]) -> HttpResponse:
    """The list with filter bar and pager; HTMX gets only the rows."""
    actor = actor_of(request)
    register.require_read(actor)
    form = register.filter_class(request.GET)
    page = paging.keyset_page(
        register.rows(actor, form), register.order_by, request.GET.get("cursor"), PAGE_SIZE
    )
    context = {
        **_frame(register, actor),
        "form": form,
        "page": page,
        "table": _table(register, list(page.items)),
        "filtered": any(form[name].value() for name in form.fields),
        "query": request.GET.urlencode(),
    }
    return render(request, "ui/register_list.html", context, partial="rows")


@require_GET
def detail(request: HttpRequest, register: Register[Any], key: str) -> HttpResponse:
    """One row: every column as a fact, further facts and the actions of the register."""
    actor = actor_of(request)
    register.require_read(actor)
    row = register.one(actor, key)
    facts: list[tuple[Any, Any]] = [
        (one.heading or one.label, one.show(row)) for one in register.columns
    ]
    if register.details is not None:
        facts += register.details(row, actor)
    context = {
        **_frame(register, actor),
        "row": row,
        "facts": facts,
        "actions": register.actions(row, actor) if register.actions else [],
        "can_edit": register.can_write(actor) and register.update is not None,
        "edit_href": reverse(register.url_name("edit"), kwargs={"key": key}),
    }
    return render(request, register.template_detail, context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, register: Register[Any]) -> HttpResponse:
    """The form for a new row."""
    actor = actor_of(request)
    register.require_write(actor)
    if register.create is None or register.form_class is None:
        raise Refused("not_found", 404)
    create = register.create
    form = register.form_class(request.POST or None, request.FILES or None)
    return _form_page(request, register, form, lambda: create(form, actor))


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, register: Register[Any], key: str) -> HttpResponse:
    """The form of an existing row; the row is locked while it changes."""
    actor = actor_of(request)
    register.require_write(actor)
    row = register.one(actor, key)
    if register.update is None or register.form_class is None:
        raise Refused("not_found", 404)
    update = register.update
    form = register.form_class(
        request.POST or None, request.FILES or None, **register_import.bound_to(register, row)
    )
    return _form_page(request, register, form, lambda: update(row, form, actor), row)


def _form_page(
    request: HttpRequest,
    register: Register[Any],
    form: Any,
    save: Callable[[], Any],
    row: Any = None,
) -> HttpResponse:
    """Show the form, or run the verb and go to the row; a refusal is said in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                saved = save()
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            kwargs = {"key": register.key_of(saved)}
            return redirect(reverse(register.url_name("detail"), kwargs=kwargs))
    context = {**_frame(register, actor_of(request)), "form": form, "row": row}
    return render(request, "ui/register_form.html", context, status=422 if form.errors else 200)


def _export_rows(register: Register[M], request: HttpRequest, actor: Actor) -> Iterator[list[Any]]:
    columns = [one for one in register.columns if one.export]
    rows = register.rows(actor, register.filter_class(request.GET))
    ordered = rows.order_by(*register.order_by, "pk")[:EXPORT_LIMIT]
    for row in ordered.iterator(chunk_size=2000):
        yield [one.value(row) for one in columns]


def _export(
    request: HttpRequest, register: Register[Any]
) -> tuple[list[sheets.SheetColumn], Iterator[list[Any]], str]:
    """Columns, rows and file name of an export, which is logged with its filter."""
    actor = actor_of(request)
    register.require_read(actor)
    columns = [sheets.SheetColumn(one.label, one.width) for one in register.columns if one.export]
    audit.record(actor, f"{register.namespace}.{register.name}_export", label=str(register.title),
                 why=request.GET.urlencode()[:500])  # fmt: skip
    stem = f"{register.title}-{clock.today().isoformat()}"
    return columns, _export_rows(register, request, actor), stem


@require_GET
def export_xlsx(request: HttpRequest, register: Register[Any]) -> FileResponse:
    """The filtered list as .xlsx, marked with who took it and when."""
    columns, rows, stem = _export(request, register)
    actor = actor_of(request)
    mark = (
        f"{actor.name} · {actor.post_label} · {clock.now().astimezone(clock.LOCAL):%Y-%m-%d %H:%M}"
    )
    file = sheets.write_xlsx(columns, rows, title=str(register.title), mark=mark)
    return FileResponse(file, as_attachment=True, filename=f"{stem}.xlsx", content_type=XLSX)


@require_GET
def export_csv(request: HttpRequest, register: Register[Any]) -> StreamingHttpResponse:
    """The filtered list as .csv, streamed."""
    columns, rows, stem = _export(request, register)
    response = StreamingHttpResponse(
        sheets.write_csv(columns, rows), content_type="text/csv; charset=utf-8"
    )
    disposition = content_disposition_header(as_attachment=True, filename=f"{stem}.csv")
    response["Content-Disposition"] = disposition or "attachment"
    return response


@require_GET
def template(request: HttpRequest, register: Register[Any]) -> FileResponse:
    """An empty workbook with the columns an import reads; required ones carry a star."""
    register.require_write(actor_of(request))
    columns = register_import.template_columns(register)
    file = sheets.write_xlsx(columns, [], title=str(register.title), notes=True)
    name = _("%(register)s template.xlsx") % {"register": register.title}
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


@require_http_methods(["GET", "POST"])
def importing(request: HttpRequest, register: Register[Any]) -> HttpResponse:
    """Upload → dry run → confirm. The dry run really runs the verbs and takes everything back."""
    actor = actor_of(request)
    register.require_write(actor)
    context: dict[str, Any] = {**_frame(register, actor), "form": register_import.UploadForm()}
    status = 200
    if request.method == "POST":
        try:
            answer = _import_step(request, register, actor, context)
        except Refused as refusal:
            context["refusal"], status = refusal, 422
        else:
            if answer is not None:
                return answer
    return render(request, "ui/register_import.html", context, status=status)


def _import_step(
    request: HttpRequest, register: Register[Any], actor: Actor, context: dict[str, Any]
) -> HttpResponse | None:
    """One POST of the import: a confirmation commits, an upload is tried without keeping it."""
    if token := request.POST.get("token"):
        result = register_import.confirm(register, token, actor)
        if result.is_good:
            messages.success(
                request,
                _("Imported: %(created)d new, %(updated)d changed, %(unchanged)d unchanged.")
                % {"created": result.created, "updated": result.updated,
                   "unchanged": result.unchanged},
            )  # fmt: skip
            return redirect(reverse(register.url_name("list")))
        context["result"] = result
        return None
    form = register_import.UploadForm(request.POST, request.FILES)
    context["form"] = form
    if form.is_valid():
        upload = form.cleaned_data["file"]
        result = register_import.dry_run(register, upload, upload.name, actor)
        context["result"] = result
        if result.is_good and result.changes:
            context["token"] = register_import.keep(upload, upload.name, actor)
    return None
