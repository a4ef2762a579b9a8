"""Pages of chain texts: paste, preview, save; the list; one chain."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from gridpact.core.access import Refused, require
from gridpact.doors.choices import ChainKind
from gridpact.doors.forms import ChainForm
from gridpact.doors.selectors.chains import seen_chain, seen_chains
from gridpact.doors.services import Paste, Reading, Saved, read_paste, save_chain
from gridpact.doors.tables import chain_rows, entry_rows, line_rows, unread_lines
from gridpact.orders.views.base import Request
from gridpact.ui import parts
from gridpact.ui.paging import keyset_page
from gridpact.ui.render import render

PAGE = 100
_FIELDS = {"text": "text", "cell": "cell", "kind": "kind", "day": "day"}


@login_required
@require_GET
def chains(request: Request) -> HttpResponse:
    """Chains in sight, the one pasted last on top."""
    require(request.actor, "orders.submit_for")
    rows = seen_chains(request.actor)
    page = keyset_page(rows, ("-updated_at", "-id"), request.GET.get("cursor"), 30)
    context = {"rows": chain_rows(page.items), "page": page}
    return render(request, "doors/chains.html", context)


@login_required
@require_GET
def chain(request: Request, pk: int) -> HttpResponse:
    """One chain: who is in it, what became of it, its pastes."""
    require(request.actor, "orders.submit_for")
    found = seen_chain(request.actor, pk)
    entries = found.entries.select_related("order")
    page = keyset_page(entries, ("number", "id"), request.GET.get("cursor"), PAGE)
    context = {
        "chain": found,
        "rows": entry_rows(page.items),
        "page": page,
        "pastes": found.pastes.select_related("by")[:20],
        "has_orders": found.kind != ChainKind.SIGN_UP,
        "again": f"{reverse('doors:chain_new')}?{_again(found)}",
        "crumbs": [parts.Crumb(_("Chain texts"), reverse("doors:chains"))],
    }
    return render(request, "doors/chain.html", context)


def _again(chain: Any) -> str:
    given = QueryDict(mutable=True)
    given.update(
        {"cell": chain.cell.code, "group": chain.group, "day": chain.day.isoformat(),
         "kind": chain.kind}
    )  # fmt: skip
    return given.urlencode()


@login_required
@require_http_methods(["GET", "POST"])
def chain_new(request: Request) -> HttpResponse:
    """GET: the form. POST: first the preview; saved when the previewed text is sent again."""
    require(request.actor, "orders.submit_for")
    if request.method == "GET":
        given = {
            key: request.GET[key] for key in ("cell", "group", "day", "kind") if key in request.GET
        }
        return _page(request, ChainForm(actor=request.actor, initial=given))
    form = ChainForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _page(request, form, status=422)
    data = form.cleaned_data
    paste = Paste(data["text"], data["cell"], data["group"], data["kind"], data["day"])
    try:
        reading = read_paste(paste, actor=request.actor)
        if request.POST.get("seen") != reading.seal:
            return _page(request, form, reading)
        saved = save_chain(paste, actor=request.actor, withdraw=_picked(request.POST))
    except Refused as refusal:
        if refusal.status == 404:
            raise
        form.add_error(_FIELDS.get(str(refusal.params.get("field", ""))), refusal.sentence)
        return _page(request, form, status=refusal.status)
    messages.success(request, _done(saved))
    return redirect("doors:chain", saved.chain.pk)


def _picked(data: QueryDict) -> set[int]:
    return {int(key) for key in data.getlist("pick") if key.isdecimal() and len(key) < 19}


def _done(saved: Saved) -> str:
    if saved.reading.is_repeated:
        return _("This text was saved before; nothing has changed.")
    said = [_("Saved.")]
    if saved.opened:
        n = len(saved.opened)
        said.append(ngettext("%(n)s order was placed.", "%(n)s orders were placed.", n) % {"n": n})
    if saved.ended:
        n = len(saved.ended)
        text = ngettext("%(n)s order was withdrawn.", "%(n)s orders were withdrawn.", n)
        said.append(text % {"n": n})
    if saved.kept:
        numbers = ", ".join(saved.kept[:5])
        said.append(_("Already in hand and not withdrawn: %(numbers)s") % {"numbers": numbers})
    return " ".join(said)


def _page(
    request: Request, form: ChainForm, reading: Reading | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "crumbs": [parts.Crumb(_("Chain texts"), reverse("doors:chains"))],
    }
    if reading is not None:
        context |= _preview(reading)
    return render(request, "doors/chain_new.html", context, status=status)


def _preview(reading: Reading) -> dict[str, Any]:
    shown = line_rows(reading)
    counts = {status: len(reading.of(status)) for status in ("new", "back", "changed", "same")}
    parsed = reading.parsed
    return {
        "reading": reading,
        "title": parsed.title,
        "kind": ChainKind(reading.kind),
        "has_orders": reading.kind != ChainKind.SIGN_UP,
        "counts": counts | {"withdrawn": len(reading.withdrawn)},
        "people": sum(line.entry.count for line in reading.lines),
        "rows": shown,
        "hidden": len(reading.lines) - len(shown),
        "gone": entry_rows(reading.withdrawn),
        "unread": unread_lines(parsed.unread),
        "doubtful": sum(bool(line.entry.doubts) for line in reading.lines),
    }
