"""One form per move of the table; what a move requires beyond the form is refused by its verb."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.orders.choices import Klass, PhotoRole, ReplyUse, Satisfaction
from gridpact.orders.forms.fields import FilesField, KeptField, words_field
from gridpact.orders.hooks.routes import router
from gridpact.orders.models import Category, Order, StandardReply
from gridpact.orders.policies import is_outdoor
from gridpact.orders.selectors import Receivers, receivers, waiting_for
from gridpact.orders.services.desk.replies import filled
from gridpact.orgs.choices import OrgKind


class MoveForm(forms.Form):
    """What every move form knows: the order and the actor it is for."""

    def __init__(self, *args: Any, order: Order, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order, self.actor = order, actor

    def answers_for(self, order: Order) -> dict[str, Any]:
        """What the valid form says of one of several orders it was filled in for."""
        return dict(self.cleaned_data)


class NoteForm(MoveForm):
    """A move that needs nothing; a note for colleagues may be left."""

    note = words_field(_("Note"), required=False)


class ReasonForm(MoveForm):
    """A move that needs a reason."""

    reason = words_field(_("Reason"), required=True)


class RepliesForm(MoveForm):
    """A standard reply of the order's desks, own words, or both."""

    use = ReplyUse.TRIAGE
    standard = forms.ChoiceField(label=_("Standard reply"), required=False)
    reason = words_field(_("In your own words"), required=False, rows=2)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = StandardReply.objects.offered(self.use, self.order.cell)
        self.replies: Sequence[StandardReply] = list(offered.order_by("code"))

    def sentences(self) -> list[tuple[str, str, str]]:
        """(code, class, text with placeholders filled) of each reply on offer.

        For several orders at once they stay as they are, until `answers_for` each.
        """
        one_order = self.order.pk is not None
        return [
            (one.code, one.klass, filled(one.text, self.order) if one_order else one.text)
            for one in self.replies
        ]

    def whole_reason(self) -> str:
        """The standard sentence and the own words."""
        code = self.cleaned_data.get("standard")
        chosen = [text for key, _klass, text in self.sentences() if key == code]
        own = (self.cleaned_data.get("reason") or "").strip()
        return "\n".join([*chosen, *filter(None, (own,))])

    def answers_for(self, order: Order) -> dict[str, Any]:
        """The reason in the words of this order."""
        return {**self.cleaned_data, "reason": filled(self.cleaned_data["reason"], order)}


class StandardReasonForm(RepliesForm):
    """A reason picked from the standard replies, in own words, or both; one must be given."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        picked = [(code, text) for code, _klass, text in self.sentences()]
        self.fields["standard"] = forms.ChoiceField(
            label=_("Usual reasons"), required=False, choices=[("", _("none of these")), *picked]
        )

    def clean(self) -> dict[str, Any]:
        """`reason` becomes the whole sentence."""
        data = super().clean() or self.cleaned_data
        data["reason"] = self.whole_reason()
        if not data["reason"] and not self.errors:
            self.add_error("reason", _("Please pick a usual reason or write one."))
        return data


class RejectForm(StandardReasonForm):
    """Why it is not accepted; the reporter reads it."""

    use = ReplyUse.REJECT

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].help_text = _("The reporter reads this.")


class TriageForm(StandardReasonForm):
    """One of the four classes, what it is about, and why."""

    klass = forms.ChoiceField(
        label=_("Class"),
        widget=forms.RadioSelect,
        choices=[
            (
                Klass.EASY,
                _("Easy matter: units and neighbours solve it"),
            ),
            (Klass.PRIVATE, _("Private matter: guided by the grid, never shown in public")),
            (Klass.PUBLIC, _("Public matter: a department handles it")),
            (Klass.HARD, _("Hard matter: studied by the centre, sent up if needed")),
        ],
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    field_order = ("klass", "category", "standard", "reason")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"] = forms.ChoiceField(
            label=_("Category"), required=False, choices=category_choices()
        )
        self.initial.setdefault("klass", self.order.klass)
        chosen = self.order.category
        self.initial.setdefault("category", chosen.code if chosen is not None else "")
        self.order_fields(self.field_order)


def category_choices() -> list[tuple[Any, Any]]:
    """The service areas as groups, the matters below them as choices, by code."""
    rows = list(Category.objects.filter(is_active=True))
    groups: list[tuple[Any, Any]] = [("", _("not yet"))]
    for area in (row for row in rows if row.parent_id is None):
        below = [(row.code, row.name) for row in rows if row.parent_id == area.pk]
        groups.append((area.name, [(area.code, area.name), *below]))
    return groups


class OfferForm(MoveForm):
    """How many may take it on, until when, and what they should be able to do."""

    slots = forms.IntegerField(
        label=_("Places"), initial=1, min_value=1, max_value=200,
        help_text=_("How many people or units can take it on."),
    )  # fmt: skip
    until = forms.DateTimeField(
        label=_("Offered until"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Left empty, it stays for 15 days."),
    )  # fmt: skip
    skill = forms.CharField(label=_("Wanted skill"), required=False, max_length=40)
    note = words_field(_("Note"), required=False)


class DispatchForm(MoveForm):
    """To which post or organisation; nearest posts first."""

    to = forms.ChoiceField(label=_("Receiver"))
    note = words_field(_("Note for the receiver"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices, named = receiver_choices(self.order), router().propose(self.order)
        if named is not None and not _offers(choices, named.to):
            choices.insert(1, (_("By the rule"), [(named.to, named.label)]))
        self.fields["to"] = forms.ChoiceField(
            label=_("Receiver"), choices=choices, help_text=named.why if named else ""
        )
        if named is not None:
            self.initial.setdefault("to", named.to)


def _offers(choices: list[tuple[Any, Any]], to: str) -> bool:
    return any(to in dict(group) for _label, group in choices if isinstance(group, list))


def receiver_choices(order: Order, found: Receivers | None = None) -> list[tuple[Any, Any]]:
    """`post:<id>`, `officer:<id>`, `org:<id>`: posts on its cells, officers, departments, units.

    found: the receivers, where the page has read them already.
    """
    found = receivers(order) if found is None else found
    posts = [(f"post:{post.pk}", f"{post.label} {post.user}") for post in found.posts]
    departments = [org for org in found.orgs if org.kind == OrgKind.DEPARTMENT]
    units = [org for org in found.orgs if org.kind != OrgKind.DEPARTMENT]
    officers = [(f"officer:{cell.pk}", cell.label) for cell in found.officers]
    groups: list[tuple[Any, Any]] = [("", _("Please choose"))]
    for label, rows in (
        (_("Posts in this area"), posts),
        (_("Officers of networks here"), officers),
        (_("Departments"), [(f"org:{org.pk}", org.name) for org in departments]),
        (_("Units in this area"), [(f"org:{org.pk}", org.name) for org in units]),
    ):
        if rows:
            groups.append((label, rows))
    return groups


class ClaimForm(NoteForm):
    """For which unit it is claimed; asked only of those who speak for several."""

    org = forms.TypedChoiceField(label=_("For"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        units = [
            (str(member.org_id), member.org_name)
            for member in self.actor.memberships
            if "orders.claim_org" in member.rights
        ]
        if len(units) < 2:
            del self.fields["org"]
        else:
            self.fields["org"] = forms.TypedChoiceField(label=_("For"), choices=units, coerce=int)


class ProgressForm(MoveForm):
    """What was done so far; the resident reads it."""

    note = words_field(_("What was done"), required=True, help_text=_("The reporter reads this."))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class FinishForm(MoveForm):
    """The answer in plain words, and the proof."""

    photos = FilesField(label=_("Proof: how it looks now"))
    kept = KeptField()
    before = FilesField(label=_("How it looked before"))
    kept_before = KeptField()
    answer = words_field(
        _("Answer to the resident"), required=True, rows=4,
        help_text=_("Say in plain words what was done. The reporter reads this."),
    )  # fmt: skip
    reason = words_field(_("Why without the others?"), required=False, rows=2)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        waiting = waiting_for(self.order)
        if waiting:
            self.fields["reason"].help_text = format_lazy(
                _("Not yet reported back: {names}."), names=waiting
            )
        else:
            del self.fields["reason"]
        if not is_outdoor(self.order):
            return
        self.fields["photos"].help_text = _("Outdoors at least one photo of the result is needed.")
        seen = (PhotoRole.BEFORE, PhotoRole.REPORT)
        if not self.order.photos.filter(role__in=seen, kind="image").exists():
            self.fields["before"].help_text = _(
                "There is no photo from before yet. With one everybody sees what changed."
            )


class RateForm(MoveForm):
    """The resident's word, written down by the desk when calling back."""

    solved = forms.TypedChoiceField(
        label=_("Is it solved?"), widget=forms.RadioSelect,
        choices=[("yes", _("solved")), ("no", _("not solved"))],
        coerce=lambda value: value == "yes",
    )  # fmt: skip
    satisfaction = forms.ChoiceField(
        label=_("How satisfied?"), choices=Satisfaction.choices, widget=forms.RadioSelect
    )
    comment = words_field(_("What the resident said"), required=False)


class RevealForm(forms.Form):
    """Why the reporter's contact is needed in full."""

    reason = forms.CharField(
        label=_("Why do you need it?"), max_length=200,
        help_text=_("Your name, the time and this reason are kept in the reading log."),
    )  # fmt: skip


FORMS: dict[str, type[MoveForm]] = {
    "accept": NoteForm,
    "reject": RejectForm,
    "withdraw": NoteForm,
    "triage": TriageForm,
    "offer": OfferForm,
    "dispatch": DispatchForm,
    "claim": ClaimForm,
    "sign": NoteForm,
    "return": ReasonForm,
    "release": ReasonForm,
    "start": NoteForm,
    "note": ProgressForm,
    "finish": FinishForm,
    "verify_pass": NoteForm,
    "verify_fail": ReasonForm,
    "rate": RateForm,
    "close": NoteForm,
}
