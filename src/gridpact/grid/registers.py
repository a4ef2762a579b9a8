"""The register of appointments 岗位任职: who holds which post on which cell, and until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import CharField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor, can
from gridpact.grid.findings import EXPIRY_DAYS
from gridpact.grid.forms import TermForm
from gridpact.grid.models import Appointment, PostKind
from gridpact.grid.services import appoint, change_term
from gridpact.ui import parts
from gridpact.ui.registers import Register, RegisterColumn, RegisterFilter

IN_TERM, EXPIRING, LATER, ENDED = "now", "soon", "later", "ended"


def _day_text(field: str) -> Func:
    return Func(F(field), Value("YYYYMMDD"), function="to_char", output_field=CharField())


def terms(actor: Actor) -> QuerySet[Appointment]:
    """Appointments on cells in sight; `ref` names one by cell, post, person and first day."""
    ref = Concat(
        "cell__code", Value("-"), "kind__code", Value("-"), "user__username", Value("-"),
        _day_text("starts"), output_field=CharField(),
    )  # fmt: skip
    rows = Appointment.objects.visible_to(actor).select_related("cell", "kind", "user")
    return rows.defer("cell__boundary").annotate(ref=ref)


def ref_of(cells: Mapping[str, str]) -> str:
    """The `ref` of an imported row; the post may stand there by code or by name."""
    kinds = {kind.name: kind.code for kind in PostKind.objects.all()}
    kind = cells.get("kind", "")
    days = cells.get("starts", "").replace("-", "").replace("/", "")
    parts_of_it = (cells.get("cell", ""), kinds.get(kind, kind), cells.get("user", ""), days)
    return "-".join(parts_of_it)


class TermFilter(RegisterFilter):
    """By post, by cell and what lies below it, and by whether the term runs."""

    kind = forms.ModelChoiceField(
        label=_("Post"), required=False, queryset=PostKind.objects.all(), to_field_name="code",
        empty_label=_("all"),
    )  # fmt: skip
    cell = forms.CharField(label=_("Cell code"), required=False, max_length=20)
    user = forms.CharField(label=_("Username"), required=False, max_length=150)
    term = forms.ChoiceField(
        label=_("Term"), required=False,
        choices=[("", _("all")), (IN_TERM, _("in office")),
                 (EXPIRING, _("ends within 30 days")), (LATER, _("begins later")),
                 (ENDED, _("ended"))],
    )  # fmt: skip

    def apply(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow by post, territory and term; codes of cells begin with their parent's."""
        data = self.cleaned_data
        day = clock.today()
        if data.get("kind"):
            queryset = queryset.filter(kind=data["kind"])
        if data.get("cell"):
            queryset = queryset.filter(cell__code__startswith=data["cell"])
        if data.get("user"):
            queryset = queryset.filter(user__username=data["user"])
        terms_by_name = {
            IN_TERM: Q(starts__lte=day) & (Q(ends__isnull=True) | Q(ends__gte=day)),
            EXPIRING: Q(starts__lte=day, ends__range=(day, day + timedelta(days=EXPIRY_DAYS))),
            LATER: Q(starts__gt=day),
            ENDED: Q(ends__lt=day),
        }
        return queryset.filter(terms_by_name.get(data.get("term") or "", Q()))


def _create(form: Any, actor: Actor) -> Appointment:
    data = form.cleaned_data
    made = appoint(
        data["user"], data["kind"], data["cell"], data["starts"], data["ends"], actor=actor
    )
    return terms(actor).get(pk=made.pk)


def _update(post: Appointment, form: Any, actor: Actor) -> Appointment:
    data = form.cleaned_data
    change_term(post, data["starts"], data["ends"], actor=actor)
    return terms(actor).get(pk=post.pk)


def _actions(post: Appointment, actor: Actor) -> Sequence[parts.Action]:
    ended = post.ends is not None and post.ends < clock.today()
    may = can(actor, "grid.end_term", post)
    return [
        parts.Action(
            _("End the term"), reverse("grid:end_term", kwargs={"key": post.ref}), "user-minus",  # type: ignore[attr-defined]  # annotated by the queryset
            danger=True, possible=may and not ended,
            reason=_("This term has ended.") if ended else _("Your post does not include this."),
        ),
        parts.Action(
            _("Note an absence"), reverse("grid:away", kwargs={"key": post.ref}), "calendar-off",  # type: ignore[attr-defined]  # annotated by the queryset
            possible=can(actor, "grid.report_absence", post) and not ended,
            reason=_("This term has ended.") if ended else _("Your post does not include this."),
        ),
        parts.Action(
            _("All posts of this person"),
            f"{reverse('grid:terms_list')}?{urlencode({'user': post.user.username})}", "user",
        ),
        parts.Action(
            _("Open the cell"), reverse("grid:cell", kwargs={"code": post.cell.code}), "map-pin"
        ),
    ]  # fmt: skip


class TermRegister(Register[Appointment]):
    """Desks and heads write it, and the security administrator for the administrators' posts."""

    def can_write(self, actor: Actor) -> bool:
        """Who may appoint anyone at all; the verbs decide on each post."""
        return actor.has("grid.edit") or actor.has("accounts.manage")


TERMS = TermRegister(
    namespace="grid",
    name="terms",
    title=_("Appointments"),
    singular=_("appointment"),
    queryset=terms,
    columns=(
        RegisterColumn(_("Name"), lambda row: str(row.user), "main"),
        RegisterColumn(_("Username"), lambda row: row.user.username, "code"),
        RegisterColumn(_("Post"), lambda row: row.kind.name),
        RegisterColumn(_("Cell"), lambda row: row.cell.name),
        RegisterColumn(_("Cell code"), lambda row: row.cell.code, "code", width=20),
        RegisterColumn(_("First day"), lambda row: row.starts, width=12),
        RegisterColumn(_("Last day"), lambda row: row.ends, width=12),
    ),
    read_right="grid.read",
    write_right="grid.edit",
    order_by=("cell__code", "kind__sort", "-starts"),
    search=("user__name", "user__username", "cell__name"),
    filter_class=TermFilter,
    form_class=TermForm,
    create=_create,
    update=_update,
    key="ref",
    identify=ref_of,
    icon="id-badge",
    empty=_("Nobody holds a post here yet."),
    actions=_actions,
)
