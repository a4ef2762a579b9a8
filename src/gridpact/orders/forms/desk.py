"""The forms of the triage desk: the decision, and not accepting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridpact.orders.choices import Klass, ReplyUse, Way
from gridpact.orders.forms.fields import MAX_NOTE
from gridpact.orders.forms.lists import GroupedSelect, PlainSelect
from gridpact.orders.forms.moves import RepliesForm, category_choices, receiver_choices
from gridpact.orders.models import Category
from gridpact.orders.selectors import receivers
from gridpact.orders.services.desk.decide import Ruling, ways_for
from gridpact.orders.services.desk.triage import MAX_SLOTS, Target

# The order of the keys 1 to 4: what is solved nearest comes first.
CLASSES = (Klass.EASY, Klass.PRIVATE, Klass.PUBLIC, Klass.HARD)
MEANINGS = {
    Klass.EASY: _("Units, organisations or neighbours solve it here"),
    Klass.PRIVATE: _("Within a family or between neighbours; never shown in public"),
    Klass.PUBLIC: _("Public facilities and services; a department handles it"),
    Klass.HARD: _("Several departments or old issues; studied by an upper desk"),
}


def _area(label: Any, rows: int, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, required=False, max_length=MAX_NOTE, widget=widget, help_text=help_text
    )


class _DeskForm(RepliesForm):
    """What both forms share: replies by their short names, and what was on the screen."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    next = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("none of these")), *((one.code, one.title) for one in self.replies)]
        self.fields["standard"] = forms.ChoiceField(
            label=_("Standard reply"), required=False, choices=choices,
            widget=PlainSelect(choices=choices),
        )  # fmt: skip


class RefuseForm(_DeskForm):
    """Why it is not accepted; the reporter reads it."""

    use = ReplyUse.REJECT
    prefix = "no"

    def clean(self) -> dict[str, Any]:
        """`reason` becomes the whole sentence."""
        data = super().clean() or self.cleaned_data
        data["reason"] = self.whole_reason()
        if not data["reason"] and not self.errors:
            self.add_error("reason", _("Please pick a usual reason or write one."))
        return data


class DecideForm(_DeskForm):
    """Class, way, and what the way needs. `ruling` is what the verb takes."""

    klass = forms.ChoiceField(
        label=_("Class"), widget=forms.RadioSelect,
        choices=[(klass.value, klass.label) for klass in CLASSES],
    )  # fmt: skip
    way = forms.ChoiceField(label=_("How it goes on"), required=False, choices=Way.choices)
    category = forms.ChoiceField(label=_("Category"), required=False)
    to = forms.ChoiceField(label=_("Receiver"), required=False)
    slots = forms.IntegerField(
        label=_("Places"), required=False, initial=1, min_value=1, max_value=MAX_SLOTS
    )
    until = forms.DateTimeField(
        label=_("Offered until"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Left empty, it stays for 15 days."),
    )  # fmt: skip
    skill = forms.CharField(label=_("Wanted skill"), required=False, max_length=40)
    note = _area(_("Note for the receiver"), 2)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.receivers = receivers(self.order)
        for name, label, choices in (
            ("to", _("Receiver"), receiver_choices(self.order, self.receivers)),
            ("category", _("Category"), category_choices()),
        ):
            self.fields[name] = forms.ChoiceField(
                label=label, required=False, choices=choices, widget=GroupedSelect(choices=choices)
            )
        self.initial.setdefault("klass", self.order.klass)
        self.initial.setdefault("slots", 1)
        chosen = self.order.category
        self.initial.setdefault("category", chosen.code if chosen is not None else "")

    def clean(self) -> dict[str, Any]:
        """The usual way of the class where none was chosen; who it goes to where that is asked."""
        data = super().clean() or self.cleaned_data
        klass = data.get("klass", "")
        if not data.get("way") and ways_for(klass):
            data["way"] = ways_for(klass)[0].value
        if data.get("way") in {Way.DISPATCH, Way.GUIDE} and not data.get("to"):
            self.add_error("to", _("Please choose who gets it."))
        data["reason"] = self.whole_reason()
        stands = self.order.klass == klass and data.get("way") not in {Way.KEEP, Way.ESCALATE}
        if not data["reason"] and not stands and "klass" in data:
            self.add_error("reason", _("Please pick a usual reason or write one."))
        return data

    def ruling(self) -> Ruling:
        """The decision of a valid form."""
        data = self.cleaned_data
        kind, _sign, key = data["to"].partition(":")
        code = data.get("category")
        return Ruling(
            klass=data["klass"],
            reason=data["reason"],
            way=data["way"],
            category=Category.objects.filter(code=code).first() if code else None,
            to=Target(**{kind: int(key)}) if key else None,
            slots=data.get("slots") or 1,
            until=data.get("until"),
            skill=data["skill"],
            note=data["note"],
            seen=data.get("seen"),
        )
