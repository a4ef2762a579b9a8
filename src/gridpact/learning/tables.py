"""What was learnt as records for the pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridpact.core import clock
from gridpact.learning.choices import LEAST_ROWS, Field
from gridpact.learning.models import Learnt, Switch
from gridpact.learning.selectors.figures import Month, Overruled, by_month, overruled
from gridpact.learning.services import switch_of
from gridpact.learning.wording import Names, percent
from gridpact.ui import parts

_VERSIONS = 20
_CLASSES = 20
_BY_CLASS = (
    parts.Column(gettext_lazy("Decided as"), "main"),
    parts.Column(gettext_lazy("Orders"), "number"),
    parts.Column(gettext_lazy("Share found"), "number"),
    parts.Column(gettext_lazy("Share right when named"), "number"),
)
_BY_MONTH = (
    parts.Column(gettext_lazy("Month"), "main"),
    parts.Column(gettext_lazy("Decided"), "number"),
    parts.Column(gettext_lazy("As suggested"), "number"),
    parts.Column(gettext_lazy("Share"), "number"),
)
_OVERRULED = (
    parts.Column(gettext_lazy("Suggested"), "main"),
    parts.Column(gettext_lazy("Decided")),
    parts.Column(gettext_lazy("Orders"), "number"),
)


@dataclass(frozen=True, slots=True)
class FieldCard:
    """One field on the first page."""

    label: str
    href: str
    is_on: bool
    learnt: Learnt | None
    accuracy: str
    span: str
    waits: bool


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version; `can_use` while its model is kept and another one is in use."""

    learnt: Learnt
    accuracy: str
    macro_f1: str
    top3: str
    span: str
    use_href: str
    can_use: bool


@dataclass(frozen=True, slots=True)
class FieldPage:
    """Everything about one field.

    waiting: the newest version, when it was clearly less accurate than the one in use.
    """

    field: Field
    switch: Switch
    active: VersionRow | None
    waiting: VersionRow | None
    versions: list[VersionRow]
    classes: parts.Table
    months: parts.Table
    overruled: parts.Table
    least: int = LEAST_ROWS


def field_cards() -> list[FieldCard]:
    """One card a field, in the order of the decisions."""
    active = {row.field: row for row in Learnt.objects.active()}
    off = set(Switch.objects.filter(is_on=False).values_list("field", flat=True))
    pinned = set(Switch.objects.filter(is_pinned=True).values_list("field", flat=True))
    newest = dict(Learnt.objects.values_list("field").annotate(top=Max("version")))
    return [
        FieldCard(
            label=str(field.label),
            href=reverse("learning:field", args=(field.value,)),
            is_on=field not in off,
            learnt=active.get(field),
            accuracy=percent(active[field].accuracy) if field in active else "–",
            span=_span(active[field]) if field in active else "",
            waits=(
                field in active
                and field not in pinned
                and active[field].version < newest.get(field, 0)
            ),
        )
        for field in Field
    ]


def field_page(field: Field) -> FieldPage:
    """The switch, versions and figures of a field."""
    rows = Learnt.objects.listed().filter(field=field)[:_VERSIONS]
    kept = set(Learnt.objects.filter(field=field).exclude(blob=b"").values_list("pk", flat=True))
    versions = [_version(row, kept) for row in rows]
    active = next((each for each in versions if each.learnt.is_active), None)
    months, wrong, switch = by_month(field), overruled(field), switch_of(field)
    shown = [each["label"] for each in active.learnt.by_class] if active else []
    names = Names.read([*shown, *(v for row in wrong for v in (row.value, row.decided))])
    return FieldPage(
        field=field,
        switch=switch,
        active=active,
        waiting=_waiting(versions, switch),
        versions=versions,
        classes=_classes(field, active.learnt if active else None, names),
        months=_months(months),
        overruled=_overruled(field, wrong, names),
    )


def _waiting(versions: Sequence[VersionRow], switch: Switch) -> VersionRow | None:
    """The newest version, if it neither came into use nor was set aside by somebody."""
    newest = versions[0] if versions else None
    known = newest is not None and newest.can_use and not switch.is_pinned
    return newest if known else None


def overruled_title(field: Field, value: str, decided: str) -> str:
    """The heading of the orders behind one line."""
    names = Names.read([value, decided])
    facts = {"value": names.of(field, value), "decided": names.of(field, decided)}
    return _("Suggested: %(value)s, decided: %(decided)s") % facts


def _version(learnt: Learnt, kept: Iterable[int]) -> VersionRow:
    return VersionRow(
        learnt=learnt,
        accuracy=percent(learnt.accuracy),
        macro_f1=percent(learnt.macro_f1),
        top3=percent(learnt.top3),
        span=_span(learnt),
        use_href=reverse("learning:use", args=(learnt.pk,)),
        can_use=not learnt.is_active and learnt.pk in kept,
    )


def _span(learnt: Learnt) -> str:
    first, last = (
        at.astimezone(clock.LOCAL).strftime("%Y-%m-%d") for at in (learnt.first_at, learnt.last_at)
    )
    return f"{first} – {last}"


def _classes(field: Field, learnt: Learnt | None, names: Names) -> parts.Table:
    rows = sorted(learnt.by_class if learnt else [], key=lambda row: -row["rows"])[:_CLASSES]
    return parts.Table.of(
        _BY_CLASS,
        [
            (
                row["label"],
                "",
                (
                    names.of(field, row["label"]),
                    row["rows"],
                    percent(row["right"] / row["rows"] if row["rows"] else None),
                    percent(row["right"] / row["named"] if row["named"] else None),
                ),
            )
            for row in rows
        ],
    )


def _months(months: Sequence[Month]) -> parts.Table:
    return parts.Table.of(
        _BY_MONTH,
        [
            (
                str(row.month),
                "",
                (
                    row.month.strftime("%Y-%m"),
                    row.decided,
                    row.agreed,
                    percent(row.agreed / row.decided if row.decided else None),
                ),
            )
            for row in months
        ],
    )


def _overruled(field: Field, rows: Sequence[Overruled], names: Names) -> parts.Table:
    base = reverse("learning:overruled", args=(field.value,))
    return parts.Table.of(
        _OVERRULED,
        [
            (
                f"{row.value} {row.decided}",
                f"{base}?{urlencode({'value': row.value, 'decided': row.decided})}",
                (names.of(field, row.value), names.of(field, row.decided), row.times),
            )
            for row in rows
        ],
    )
