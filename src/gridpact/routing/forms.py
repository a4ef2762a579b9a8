"""Forms of rules: one for each stage, and publishing."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import PostKind
from gridpact.grid.tree import Tree, tree
from gridpact.orders.choices import Channel, Kind, Klass
from gridpact.orders.models import Category
from gridpact.orgs.models import Org
from gridpact.routing.choices import MAX_PATTERN, Hours, Stage
from gridpact.routing.rule import Conditions, Target
from gridpact.routing.selectors.checks import DESK_LEVELS
from gridpact.routing.selectors.trial import MOST, USUAL
from gridpact.routing.services import RuleText
from gridpact.routing.wording import DAYS

_BETWEEN_WORDS = re.compile(r"[\s,，、;；]+")
_AREAS = (Level.DISTRICT, Level.TOWNSHIP, Level.COMMUNITY, Level.GRID)
_DESKS = (Level.TOWNSHIP, Level.COMMUNITY)
Choices = list[tuple[str, Any]]


class WordsField(forms.CharField):
    """Words with spaces, commas or 、 between them."""

    def __init__(self, *, label: Any, help_text: Any = "") -> None:
        super().__init__(label=label, help_text=help_text, required=False, max_length=800)

    def prepare_value(self, value: Any) -> Any:
        """A list as it is written."""
        return value if isinstance(value, str) else "、".join(value or ())

    def clean(self, value: Any) -> tuple[str, ...]:
        """The words, each once."""
        text = super().clean(value)
        return tuple(dict.fromkeys(filter(None, _BETWEEN_WORDS.split(text))))


def _boxes(label: Any, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


def _time(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


class RuleForm(forms.Form):
    """What rules of both stages share; what stays empty does not matter."""

    stage = ""
    name = forms.CharField(label=_("Name of the rule"), max_length=60)
    cell = forms.ChoiceField(label=_("Area"), required=False)
    kinds = _boxes(_("Kind"), Kind.choices)
    channels = _boxes(_("Came in by"), Channel.choices)
    any_words = WordsField(
        label=_("Says one of these words"), help_text=_("Words with spaces between them.")
    )
    all_words = WordsField(label=_("Says all of these words"))
    no_words = WordsField(label=_("Says none of these words"))
    pattern = forms.CharField(
        label=_("Pattern"), required=False, max_length=MAX_PATTERN, strip=True,
        help_text=_("A regular expression, e.g. 路灯.{0,6}(坏|不亮)."),
    )  # fmt: skip
    weekdays = _boxes(
        _("Placed on these days"),
        [(str(number), name) for number, name in enumerate(DAYS, start=1)],
    )
    since = _time(_("Placed from"))
    until = _time(_("Placed until"))
    hours = forms.ChoiceField(
        label=_("Office hours"), required=False, choices=[("", _("any time")), *Hours.choices]
    )
    photos = forms.ChoiceField(
        label=_("Photos"), required=False,
        choices=[
            ("", _("with or without")), ("yes", _("with photos")), ("no", _("without photos")),
        ],
    )  # fmt: skip
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        snapshot = tree()
        self.order_fields(self.field_order)
        self.pick("cell", [("", gettext("the whole district")), *cell_choices(snapshot, _AREAS)])
        self.prepare(snapshot)

    def prepare(self, snapshot: Tree) -> None:
        """Fill the choices of the stage's own fields."""

    def pick(self, name: str, choices: Choices) -> None:
        """Set the choices of a field; a value that is no more stays visible, to be corrected."""
        field: Any = self.fields[name]
        given = self.initial.get(name) or ""
        if isinstance(given, str) and given and given not in dict(choices):
            choices = [*choices, (given, gettext("%(code)s (no more)") % {"code": given})]
        field.choices = choices

    def target(self, data: dict[str, Any]) -> Target:
        """The stage's target."""
        raise NotImplementedError

    @property
    def text(self) -> RuleText:
        """The cleaned form as a rule."""
        data = self.cleaned_data
        conditions = Conditions(
            cell=data["cell"],
            kinds=tuple(data["kinds"]),
            channels=tuple(data["channels"]),
            categories=tuple(data.get("categories", ())),
            classes=tuple(data.get("classes", ())),
            any_words=data["any_words"],
            all_words=data["all_words"],
            no_words=data["no_words"],
            pattern=data["pattern"],
            weekdays=tuple(int(day) for day in data["weekdays"]),
            since=f"{data['since']:%H:%M}" if data["since"] else "",
            until=f"{data['until']:%H:%M}" if data["until"] else "",
            hours=data["hours"],
            photos={"": None, "yes": True, "no": False}[data["photos"]],
        )
        return RuleText(
            name=data["name"],
            stage=self.stage,
            conditions=conditions,
            target=self.target(data),
            is_active=data["is_active"],
        )


class IntakeRuleForm(RuleForm):
    """A rule that sets desk, priority and key flag of a new order."""

    stage = Stage.INTAKE
    field_order = ("name", "desk", "urgent", "key", "cell")
    desk = forms.ChoiceField(label=_("Goes to the desk of"), required=False)
    urgent = forms.BooleanField(label=_("is urgent"), required=False)
    key = forms.BooleanField(label=_("is a key order, tracked all the way"), required=False)

    def prepare(self, snapshot: Tree) -> None:
        """Desks: by level over the place, or a named one."""
        levels: Choices = [
            (level.value, gettext("the place's own %(level)s") % {"level": level.label})
            for level in DESK_LEVELS
        ]
        named = cell_choices(snapshot, _DESKS)
        self.pick("desk", [("", gettext("the usual desk")), *levels, *named])

    def target(self, data: dict[str, Any]) -> Target:
        """Desk and flags."""
        return Target(desk=data["desk"], urgent=data["urgent"], key=data["key"])


class DispatchRuleForm(RuleForm):
    """A rule that names the receiver once class and category are known."""

    stage = Stage.DISPATCH
    field_order = ("name", "post", "org", "by_itself", "classes", "categories", "cell")
    classes = _boxes(_("Class"), Klass.choices)
    categories = forms.MultipleChoiceField(
        label=_("Category"), required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("A service area stands for everything below it."),
    )  # fmt: skip
    post = forms.ChoiceField(label=_("Receiver: the holder of the post"), required=False)
    org = forms.ChoiceField(label=_("or the organisation"), required=False)
    by_itself = forms.BooleanField(label=_("dispatch by itself right after triage"), required=False)

    def prepare(self, snapshot: Tree) -> None:
        """Categories, posts and organisations as they are today."""
        areas = Category.objects.filter(is_active=True).values_list("code", "name", "parent")
        self.pick(
            "categories",
            [(code, name if above is None else f"　{name}") for code, name, above in areas],
        )
        kinds = PostKind.objects.exclude(rights=[]).values_list("code", "name")
        self.pick("post", [("", "–"), *kinds])
        self.pick("org", [("", "–"), *Org.objects.active().values_list("code", "name")])

    def target(self, data: dict[str, Any]) -> Target:
        """Post or organisation."""
        return Target(post=data["post"], org=data["org"], by_itself=data["by_itself"])


FORMS: dict[str, type[RuleForm]] = {
    Stage.INTAKE.value: IntakeRuleForm,
    Stage.DISPATCH.value: DispatchRuleForm,
}


def cell_choices(snapshot: Tree, levels: tuple[Level, ...]) -> Choices:
    """Cells of these levels in the order of their codes, moved in by level."""
    top = min(RANK[level] for level in levels)
    rows = sorted(snapshot.by_id.values(), key=lambda ref: ref.code)
    return [
        (ref.code, "　" * (RANK[ref.level] - top) + ref.name) for ref in rows if ref.level in levels
    ]


class TryForm(forms.Form):
    """On how many of the newest orders the draft is tried."""

    last = forms.IntegerField(
        label=_("Newest orders"), min_value=1, max_value=MOST, initial=USUAL, required=False
    )


class PublishForm(forms.Form):
    """What is new, and which state of the draft was looked at."""

    note = forms.CharField(label=_("What is new"), max_length=200, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)
