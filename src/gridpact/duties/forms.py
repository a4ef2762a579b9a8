"""Forms of the matrix, the work items, the duties and the tasks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.duties.choices import Category, Role
from gridpact.duties.models import Duty, WorkItem
from gridpact.duties.selectors.matrix import candidates, items_of
from gridpact.duties.services.finish import MAX_NOTE
from gridpact.grid.choices import RANK, Level
from gridpact.grid.forms import day_field, refer
from gridpact.grid.models import Appointment, Cell, PostKind
from gridpact.orders.forms.fields import FilesField, KeptField

if TYPE_CHECKING:
    _ItemForm = forms.ModelForm[WorkItem]
    _DutyForm = forms.ModelForm[Duty]
    _PostField = forms.ModelChoiceField[Appointment]
else:  # has no type parameters when it runs
    _ItemForm = _DutyForm = forms.ModelForm
    _PostField = forms.ModelChoiceField

LEVELS = (Level.DISTRICT, Level.TOWNSHIP, Level.COMMUNITY, Level.GRID, Level.MICRO_GRID)
CODE_HELP = _("Latin letters, digits, - and _; it stays for good.")
_SPLIT = re.compile(r"[,;，；、]+\s*|\s{2,}")


class CodesField(forms.MultipleChoiceField):
    """Several codes: boxes on a page, or a text with commas (codes or labels) in a file."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> list[str]:
        """The chosen codes; a label stands for its code."""
        if isinstance(value, str):
            known = {str(label): str(code) for code, label in self.widget.choices}
            value = [known.get(part.strip(), part.strip()) for part in _SPLIT.split(value) if part]
        return super().to_python(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare codes, whatever form they come in."""
        return super().has_changed(initial or [], self.to_python(data))


def _post_kinds() -> list[tuple[str, str]]:
    return list(PostKind.objects.values_list("code", "name"))


def _kinds_field(label: Any) -> CodesField:
    choices: Callable[[], list[tuple[str, str]]] = _post_kinds
    return CodesField(label=label, required=False, choices=choices)


class ItemForm(_ItemForm):
    """A work item; its code stays once it is given."""

    levels = CodesField(label=_("Levels"), choices=[(one.value, one.label) for one in LEVELS])
    lead_kinds = _kinds_field(_("Lead by default"))
    assist_kinds = _kinds_field(_("Assist by default"))
    supervise_kinds = _kinds_field(_("Supervise by default"))

    class Meta:
        model = WorkItem
        fields = (
            "code", "name", "category", "levels", "cadence", "required", "guidance", "lead_kinds",
            "assist_kinds", "supervise_kinds", "sort", "is_active",
        )  # fmt: skip
        labels = {
            "code": _("Code"), "name": _("Work item"), "category": _("Category"),
            "cadence": _("How often"), "required": _("Somebody must lead it"),
            "guidance": _("What is to be done"), "sort": _("Sort order"), "is_active": _("Active"),
        }  # fmt: skip
        help_texts = {"code": CODE_HELP}
        widgets = {"guidance": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = bool(self.instance.pk)


class DutyForm(_DutyForm):
    """One duty of a grid worker; its code stays once it is given."""

    class Meta:
        model = Duty
        fields = ("code", "name", "text", "sort", "is_active")
        labels = {
            "code": _("Code"), "name": _("Duty"), "text": _("What it means"),
            "sort": _("Sort order"), "is_active": _("Active"),
        }  # fmt: skip
        help_texts = {"code": CODE_HELP}
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = bool(self.instance.pk)


class MatrixFilter(forms.Form):
    """What of the matrix is shown: level and category, one item, only findings."""

    cell = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    level = forms.ChoiceField(
        label=_("Level"), required=False,
        choices=[("", _("grids")), *((one.value, one.label) for one in LEVELS)],
    )  # fmt: skip
    category = forms.ChoiceField(
        label=_("Category"), required=False, choices=[("", _("all")), *Category.choices]
    )
    item = forms.ModelChoiceField(
        label=_("Work item"), required=False, to_field_name="code", empty_label=_("all"),
        queryset=WorkItem.objects.filter(is_active=True),
    )  # fmt: skip
    findings = forms.BooleanField(label=_("Only findings"), required=False)


class PostChoice(_PostField):
    """Posts by person, kind and cell."""

    def label_from_instance(self, obj: Any) -> str:
        """`张三 · 网格员 · 第一网格`."""
        return f"{obj.user} · {obj.kind.name} · {obj.cell.name}"


class AssignForm(forms.Form):
    """One role of one field: who takes it, from which day."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    post = PostChoice(label=_("Person in charge"), queryset=Appointment.objects.none())
    starts = day_field(_("From"), required=True)

    def __init__(self, cell: Cell, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        refer(self, {"post": candidates(cell)})
        self.initial.setdefault("starts", clock.today())


class FillForm(forms.Form):
    """Filling a subtree from kinds of posts: which items, whose posts, what of taken roles."""

    items = CodesField(label=_("Work items"))
    lead = forms.ChoiceField(label=_("Lead"), required=False)
    assist = forms.ChoiceField(label=_("Assist"), required=False)
    supervise = forms.ChoiceField(label=_("Supervise"), required=False)
    replace = forms.BooleanField(
        label=_("Replace roles that are taken"), required=False,
        help_text=_("Without it, only empty roles are filled."),
    )  # fmt: skip

    def __init__(self, cell: Cell, level: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {item.code: item for item in items_of(level)}
        _choose(self.fields["items"], [(item.code, item.name) for item in self.known.values()])
        self.initial.setdefault("items", list(self.known))
        above = [kind for kind in PostKind.objects.all() if RANK[kind.level] <= RANK[level]]
        kinds = [(kind.code, kind.name) for kind in above]
        for role in Role:
            choices = [("", _("as each work item says")), *kinds]
            _choose(self.fields[role.value.lower()], choices)

    @property
    def kinds(self) -> dict[str, list[str]] | None:
        """Chosen kinds by role, or None when every item's own shall do."""
        chosen = {role.value: self.cleaned_data[role.value.lower()] for role in Role}
        if not any(chosen.values()):
            return None
        return {role: [code] for role, code in chosen.items() if code}

    @property
    def chosen(self) -> list[WorkItem]:
        """The work items."""
        return [self.known[code] for code in self.cleaned_data["items"]]


def _choose(field: forms.Field, choices: Sequence[tuple[str, Any]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class FinishForm(forms.Form):
    """The end of a task: photos first, then a note; an order has a button of its own."""

    photos = FilesField()
    kept = KeptField()
    note = forms.CharField(
        label=_("Work done"), required=False, max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class TaskForm(forms.Form):
    """A task outside any cadence: what, who, until when."""

    title = forms.CharField(label=_("Task"), max_length=80)
    post = PostChoice(label=_("Person in charge"), queryset=Appointment.objects.none())
    due_on = day_field(_("Last day"), required=True)
    note = forms.CharField(
        label=_("Details"), required=False, max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, cell: Cell, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Appointment.objects.in_term().filter(cell=cell, user__is_active=True)
        here = here.select_related("kind", "user", "cell").defer("cell__boundary")
        refer(self, {"post": here.order_by("kind__sort", "pk")})
        self.initial.setdefault("due_on", clock.today())
