"""Forms of the moves between offices, of ties between orders, of supervision and contact."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.orders.choices import Card, ContactWay
from gridpact.orders.forms.fields import words_field
from gridpact.orders.forms.intake import cells_below
from gridpact.orders.forms.lists import PlainSelect
from gridpact.orders.forms.moves import MoveForm, NoteForm, ReasonForm
from gridpact.orders.selectors import callable_orgs, guides, similar_open
from gridpact.orders.services import Part

PARTS = 5  # how many children one page asks for; more are made by splitting again
_YES_NO = [("yes", _("reached")), ("no", _("not reached"))]


class GuideForm(MoveForm):
    """Who of the grid guides and mediates."""

    guide = forms.TypedChoiceField(label=_("Guided by"), coerce=int)
    note = words_field(_("Note for the guide"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        posts = [(post.pk, f"{post.label} {post.user}") for post in guides(self.order)]
        self.fields["guide"] = forms.TypedChoiceField(
            label=_("Guided by"), choices=[("", _("Please choose")), *posts], coerce=int
        )


class EscalateForm(ReasonForm):
    """Why it is sent up."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].help_text = _(
            "What was tried, and what the upper desk has to decide or arrange."
        )


class WhistleForm(MoveForm):
    """Which departments are called, who leads, until when, and what is asked of them."""

    lead = forms.TypedChoiceField(label=_("Lead department"), coerce=int)
    assist = forms.TypedMultipleChoiceField(
        label=_("Departments that assist"), required=False, coerce=int
    )
    days = forms.IntegerField(
        label=_("Limit in working days"), initial=10, min_value=1, max_value=60,
        help_text=_("Within these days all report back."),
    )  # fmt: skip
    note = words_field(_("What is asked of them"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        orgs = [(org.pk, org.name) for org in callable_orgs()]
        self.fields["lead"] = forms.TypedChoiceField(
            label=_("Lead department"), choices=[("", _("Please choose")), *orgs], coerce=int
        )
        self.fields["assist"] = forms.TypedMultipleChoiceField(
            label=_("Departments that assist"), required=False, choices=orgs, coerce=int,
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip


class MergeForm(MoveForm):
    """Into which order, picked from those near by or by its number."""

    near = forms.ChoiceField(label=_("Open orders near by"), required=False)
    into = forms.CharField(
        label=_("Or by its number"), required=False, max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    reason = words_field(
        _("Reason"), required=True, rows=2,
        help_text=_("Merging cannot be taken back. The reporter is told."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = [(one.number, f"{one.number} {one.title}") for one in similar_open(self.order, 8)]
        if not rows:
            del self.fields["near"]
            return
        self.fields["near"] = forms.ChoiceField(
            label=_("Open orders near by"), required=False, choices=[*rows, ("", _("another one"))],
            widget=forms.RadioSelect,
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """`into` becomes the number that was written, else the one that was picked."""
        data = super().clean() or self.cleaned_data
        data["into"] = (data.get("into") or "").strip() or data.get("near") or ""
        if not data["into"] and not self.errors:
            self.add_error("into", _("Please pick an order or write its number."))
        return data


class SuperviseForm(MoveForm):
    """The card, why, what is to be done, and until when."""

    card = forms.ChoiceField(label=_("Card"), choices=Card.choices, widget=forms.RadioSelect)
    reason = words_field(_("Reason"), required=True, rows=2)
    instruction = words_field(_("What is to be done"), required=False, rows=2)
    days = forms.IntegerField(
        label=_("Limit in working days"), required=False, min_value=0, max_value=60,
        help_text=_("Left empty, no time is set."),
    )  # fmt: skip


class ReportBackForm(MoveForm):
    """What the called department did."""

    text = words_field(
        _("What was done"), required=True, rows=4,
        help_text=_("The caller and the lead department read this."),
    )  # fmt: skip


class RateAssistForm(MoveForm):
    """Stars for a department that has reported back."""

    assist = forms.TypedChoiceField(label=_("Department"), coerce=int)
    stars = forms.TypedChoiceField(
        label=_("Stars"), coerce=int, widget=forms.RadioSelect,
        choices=[(5, "★★★★★"), (4, "★★★★"), (3, "★★★"), (2, "★★"), (1, "★")],
    )  # fmt: skip
    comment = words_field(_("Comment"), required=False, rows=2)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = self.order.assists.filter(back_at__isnull=False, stars__isnull=True)
        self.fields["assist"] = forms.TypedChoiceField(
            label=_("Department"), coerce=int,
            choices=[(call.pk, call.org.name) for call in rows.select_related("org")],
        )  # fmt: skip


class ContactForm(MoveForm):
    """How the reporter was contacted, and whether they were reached."""

    way = forms.ChoiceField(
        label=_("How"), choices=ContactWay.choices, widget=forms.RadioSelect,
        initial=ContactWay.PHONE,
    )  # fmt: skip
    reached = forms.TypedChoiceField(
        label=_("Reached?"), choices=_YES_NO, coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )  # fmt: skip
    note = words_field(_("What was said"), required=False)


class SplitForm(MoveForm):
    """Up to five parts: what each is called, what is to be done, and in which cell."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        here = [("", gettext("where the order lies"))]
        cells: list[tuple[str, Any]] = [*here, *cells_below(self.actor, "orders.split")]
        for index in range(1, PARTS + 1):
            self.fields[f"title_{index}"] = forms.CharField(
                label=format_lazy(_("Part {number}: title"), number=index),
                required=index == 1, max_length=60,
            )  # fmt: skip
            self.fields[f"text_{index}"] = words_field(
                format_lazy(_("Part {number}: what is to be done"), number=index),
                required=index == 1, rows=2,
            )  # fmt: skip
            self.fields[f"cell_{index}"] = forms.ChoiceField(
                label=format_lazy(_("Part {number}: cell"), number=index),
                required=False, choices=cells, widget=PlainSelect,
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """`parts`: those with a text; a title alone is asked for its text."""
        data = super().clean() or self.cleaned_data
        parts = []
        for index in range(1, PARTS + 1):
            title = (data.get(f"title_{index}") or "").strip()
            text = (data.get(f"text_{index}") or "").strip()
            if title and not text:
                self.add_error(f"text_{index}", _("Please say what is to be done."))
            if text:
                parts.append(Part(title, text, data.get(f"cell_{index}") or ""))
        data["parts"] = parts
        return data


ACTS: dict[str, type[MoveForm]] = {
    "guide": GuideForm,
    "escalate": EscalateForm,
    "send_down": ReasonForm,
    "whistle": WhistleForm,
    "merge": MergeForm,
    "urge": NoteForm,
    "supervise": SuperviseForm,
    "unsupervise": ReasonForm,
    "report_in": NoteForm,
    "report_back": ReportBackForm,
    "rate_assist": RateAssistForm,
    "contact": ContactForm,
    "split": SplitForm,
}
