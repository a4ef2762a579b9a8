"""Working on the draft: its rules, their order, the dry run, publishing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridpact.core.access import Actor, Refused
from gridpact.orders.views.base import Request
from gridpact.routing.choices import Stage
from gridpact.routing.forms import FORMS, PublishForm, RuleForm, TryForm
from gridpact.routing.models import Rule, RuleSet
from gridpact.routing.rule import BadRule
from gridpact.routing.selectors.checks import checked
from gridpact.routing.selectors.diff import changes
from gridpact.routing.selectors.trial import USUAL, try_draft
from gridpact.routing.services import (
    discard_draft,
    drop_rule,
    move_rule,
    publish_draft,
    save_rule,
    start_draft,
)
from gridpact.routing.tables import change_rows, initial_of, moved_table, stage_rows, used_table
from gridpact.routing.views.read import keeper
from gridpact.ui import parts
from gridpact.ui.render import render

ROWS = 50
_STEPS = {"up": -1, "down": 1}


@login_required
@require_http_methods(["GET", "POST"])
def draft(request: Request) -> HttpResponse:
    """The draft's rules. POST `do`: start, discard, or up, down, drop with a `rule`."""
    actor = keeper(request)
    if request.method == "POST":
        return _change(request, actor)
    found = RuleSet.objects.drafts().first()
    if found is None:
        return redirect("routing:live")
    lines = checked(list(found.rules.all()))
    context = {
        "found": found,
        "stages": stage_rows(lines),
        "broken": any(line.faults and line.rule.is_active for line in lines),
        "changes": change_rows(_changes(found)),
        "path": _path(_("Draft")),
    }
    return render(request, "routing/draft.html", context)


def _changes(found: RuleSet) -> list[Any]:
    live = RuleSet.objects.live().first()
    return changes(list(live.rules.all()) if live is not None else [], list(found.rules.all()))


def _change(request: Request, actor: Actor) -> HttpResponse:
    """One step on the draft; a refusal is said on the page that follows."""
    what, given = request.POST.get("do", ""), request.POST.get("rule", "")
    rule = int(given) if given.isdecimal() else 0
    try:
        if what == "start":
            start_draft(actor=actor)
        elif what == "discard":
            discard_draft(actor=actor)
            messages.success(request, _("The draft was thrown away."))
        elif what == "drop":
            drop_rule(rule, actor=actor)
        elif what in _STEPS:
            move_rule(rule, actor=actor, step=_STEPS[what])
    except Refused as refusal:
        if refusal.status in {403, 404}:
            raise
        messages.error(request, refusal.sentence)
    back = redirect("routing:live" if what == "discard" else "routing:draft")
    if what in _STEPS:
        back["Location"] += f"#rule-{rule}"
    return back


@login_required
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """A new rule at the end of the draft (`?stage=`)."""
    actor = keeper(request)
    stage = request.GET.get("stage", "")
    form_class = FORMS.get(stage, FORMS[Stage.INTAKE])
    form = form_class(request.POST or None)
    return _form(request, form, None, actor)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """A rule of the draft."""
    actor = keeper(request)
    rule = Rule.objects.filter(pk=pk, rule_set__is_draft=True).first()
    if rule is None:
        raise Http404
    try:
        initial = initial_of(rule)
    except BadRule:  # not readable any more: written anew
        initial = {"name": rule.name}
    form = FORMS[rule.stage](request.POST or None, initial=initial)
    return _form(request, form, rule, actor)


def _form(request: Request, form: RuleForm, rule: Rule | None, actor: Actor) -> HttpResponse:
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                saved = save_rule(form.text, actor=actor, rule=rule.pk if rule else None)
            except Refused as refusal:
                field = refusal.params.get("field")
                form.add_error(field if field in form.fields else None, refusal.sentence)
                status = refusal.status
            else:
                messages.success(request, _("Saved."))
                response = redirect("routing:draft")
                response["Location"] += f"#rule-{saved.pk}"
                return response
    title = rule.name if rule is not None else _("New rule")
    context = {
        "form": form,
        "title": title,
        "stage": Stage(form.stage).label,
        "path": _path(_("Draft"), reverse("routing:draft"), title),
    }
    return render(request, "routing/form.html", context, status=status)


@login_required
@require_GET
def trial(request: Request) -> HttpResponse:
    """The draft on past orders: what would move, fifty at a time (`?last=500&page=2`)."""
    actor = keeper(request)
    found = _draft_or_404()
    form = TryForm(request.GET)
    last = (form.cleaned_data["last"] if form.is_valid() else None) or USUAL
    done = try_draft(found, actor, last)
    given = request.GET.get("page", "")
    page = max(1, int(given[:6]) if given.isdecimal() else 1)
    shown = done.moved[(page - 1) * ROWS : page * ROWS]
    context = {
        "form": TryForm(initial={"last": last}) if form.is_valid() else form,
        "looked": done.looked,
        "count": len({each.order.pk for each in done.moved}),
        "table": moved_table(shown),
        "previous": _page_href(last, page - 1) if page > 1 else "",
        "next": _page_href(last, page + 1) if len(done.moved) > page * ROWS else "",
        "used": used_table(
            (rule.name, done.used.get(rule.pk, 0)) for rule in found.rules.filter(is_active=True)
        ),
        "path": _path(_("Draft"), reverse("routing:draft"), _("Dry run")),
    }
    return render(request, "routing/trial.html", context)


def _page_href(last: int, page: int) -> str:
    return f"{reverse('routing:trial')}?last={last}&page={page}"


def _draft_or_404() -> RuleSet:
    found = RuleSet.objects.drafts().first()
    if found is None:
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: Request) -> HttpResponse:
    """What will change, and the confirmation that puts the draft into force."""
    actor = keeper(request)
    found = RuleSet.objects.drafts().first()
    revision = found.revision if found is not None else 0
    form = PublishForm(request.POST or None, initial={"revision": revision})
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = publish_draft(actor=actor, revision=data["revision"], note=data["note"])
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status
        else:
            messages.success(request, _("Version %(n)s is in force.") % {"n": made.number})
            return redirect("routing:live")
    elif found is None:
        raise Http404
    context = {
        "form": form,
        "changes": change_rows(_changes(found)) if found is not None else [],
        "path": _path(_("Draft"), reverse("routing:draft"), _("Publish")),
    }
    return render(request, "routing/publish.html", context, status=status)


def _path(label: str, href: str = "", last: str = "") -> list[parts.Crumb]:
    path = [parts.Crumb(_("Routing rules"), reverse("routing:live")), parts.Crumb(label, href)]
    return [*path, parts.Crumb(last)] if last else path
