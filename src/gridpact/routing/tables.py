"""Rules, versions and dry runs as records for the pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.grid.models import PostKind
from gridpact.grid.tree import tree
from gridpact.orders.models import Category
from gridpact.orgs.models import Org
from gridpact.routing.choices import Stage
from gridpact.routing.models import Rule, RuleSet
from gridpact.routing.rule import BadRule, Conditions, Target
from gridpact.routing.selectors.checks import Checked
from gridpact.routing.selectors.diff import Change
from gridpact.routing.selectors.trial import Moved, Outcome
from gridpact.routing.wording import conditions_line, target_line
from gridpact.ui import parts, times

_CHANGES = {
    "added": _("new"),
    "gone": _("gone"),
    "changed": _("changed"),
    "moved": _("asked at another place"),
}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as lists show it; `wrong` and `warning` are sentences."""

    rule: Rule
    number: int
    conditions: str
    target: str
    wrong: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class StageRows:
    """The rules of one stage, in the order in which they are asked."""

    stage: str
    title: str
    rows: list[RuleRow]
    new_href: str


class Words:
    """Names of what rules refer to, read once."""

    def __init__(self) -> None:
        """Three small queries."""
        self.tree = tree()
        self.posts = dict(PostKind.objects.values_list("code", "name"))
        self.orgs = dict(Org.objects.values_list("code", "name"))
        self.categories = dict(Category.objects.values_list("code", "name"))

    def of(self, rule: Rule) -> tuple[str, str]:
        """Conditions and target of a rule, each on one line."""
        try:
            want, target = Conditions.read(rule.conditions), Target.read(rule.target)
        except BadRule:
            return "?", "?"
        return (
            conditions_line(want, self.tree, self.categories),
            target_line(target, self.tree, self.posts, self.orgs),
        )


def stage_rows(lines: Sequence[Checked]) -> list[StageRows]:
    """All rules by stage, with what is wrong with them."""
    words = Words()
    made = []
    for stage in Stage:
        own = [line for line in lines if line.rule.stage == stage]
        rows = [_row(number, line, words) for number, line in enumerate(own, start=1)]
        href = f"{reverse('routing:new')}?stage={stage.value}"
        made.append(StageRows(stage.value, str(stage.label), rows, href))
    return made


def _row(number: int, line: Checked, words: Words) -> RuleRow:
    conditions, target = words.of(line.rule)
    wrong = " ".join(fault.sentence for fault in line.faults)
    warnings = []
    if line.shadow is not None:
        said = gettext("Never asked: “%(name)s” before it catches everything it would.")
        warnings.append(said % {"name": line.shadow.name})
    if line.vacant is not None:
        warnings.append(line.vacant.sentence)
    return RuleRow(line.rule, number, conditions, target, wrong, " ".join(warnings))


def finding_lines(lines: Iterable[Checked]) -> list[tuple[str, str]]:
    """(rule, what is wrong) of rules in force."""
    return [
        (line.rule.name, fault.sentence)
        for line in lines
        for fault in [*line.faults, *filter(None, (line.vacant,))]
    ]


def initial_of(rule: Rule) -> dict[str, Any]:
    """A rule as the form's first values."""
    data: dict[str, Any] = {"name": rule.name, "is_active": rule.is_active}
    want = Conditions.read(rule.conditions)
    data |= asdict(want) | asdict(Target.read(rule.target))
    data["photos"] = {None: "", True: "yes", False: "no"}[want.photos]
    data["weekdays"] = [str(day) for day in want.weekdays]
    return data


_ORDER = parts.Column(_("Order"), "main")
_STAGE = parts.Column(_("Stage"))
_BEFORE = parts.Column(_("By the rules in force"))
_AFTER = parts.Column(_("By the draft"))
_RULE = parts.Column(_("Rule"))


def moved_table(moved: Iterable[Moved]) -> parts.Table:
    """Orders that the draft would treat otherwise."""
    stages = {Stage.INTAKE: gettext("desk"), Stage.DISPATCH: gettext("receiver")}
    rows = []
    for each in moved:
        href = reverse("orders:detail", args=(each.order.number,))
        values = (
            each.order.title,
            stages[Stage(each.stage)],
            outcome_line(each.before),
            outcome_line(each.after),
            each.after.rule or gettext("no rule"),
        )
        rows.append((each.order.number, href, values))
    columns = (_ORDER, _STAGE, _BEFORE, _AFTER, _RULE)
    return parts.Table.of(columns, rows, caption=gettext("What would move"))


def outcome_line(outcome: Outcome) -> str:
    """Where rules send an order, in words."""
    flags = [
        gettext("urgent") if outcome.urgent else "",
        gettext("key order") if outcome.key else "",
    ]
    place = outcome.place or gettext("the desk chooses")
    return "，".join(filter(None, (place, *flags)))


def used_table(used: Iterable[tuple[str, int]]) -> parts.Table:
    """How many orders each rule of the draft would fit."""
    columns = (parts.Column(_("Rule"), "main"), parts.Column(_("Orders"), "number"))
    return parts.Table.of(columns, [(name, "", (name, count)) for name, count in used])


_VERSION = parts.Column(_("Version"), "main")
_WHEN = parts.Column(_("In force since"))
_WHO = parts.Column(_("By whom"))
_NOTE = parts.Column(_("What is new"))
_COUNT = parts.Column(_("Rules"), "number")


def version_table(rows: Iterable[RuleSet]) -> parts.Table:
    """Versions, newest first; needs `rule_count` on the rows."""
    lines = []
    for row in rows:
        name = gettext("Version %(number)s") % {"number": row.number}
        if row.is_live:
            name = gettext("Version %(number)s, in force") % {"number": row.number}
        count: int = row.rule_count  # type: ignore[attr-defined]  # annotated by the view
        when = times.moment(row.published_at) if row.published_at else "–"
        href = reverse("routing:version", args=(row.number,))
        lines.append((str(row.number), href, (name, when, row.published_by, row.note, count)))
    return parts.Table.of(
        (_VERSION, _WHEN, _WHO, _NOTE, _COUNT), lines, caption=gettext("Versions")
    )


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One difference between two versions, in words."""

    label: Any
    name: str
    before: str
    after: str


def change_rows(found: Iterable[Change]) -> list[ChangeRow]:
    """Differences with the lines before and after."""
    words = Words()

    def line(rule: Rule | None) -> str:
        if rule is None:
            return ""
        text = " → ".join(words.of(rule))
        return text if rule.is_active else gettext("%(text)s (not in use)") % {"text": text}

    made = []
    for each in found:
        before, after = line(each.before), line(each.after)
        if each.kind == "moved":
            before = ""
        made.append(ChangeRow(_CHANGES[each.kind], each.rule.name, before, after))
    return made
