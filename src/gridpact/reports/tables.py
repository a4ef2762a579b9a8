"""How figures and the records behind them are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format

from gridpact.reports.columns import SHAPES, Shape
from gridpact.reports.indicators import Group, Indicator
from gridpact.reports.selectors import Figure
from gridpact.ui import parts
from gridpact.ui.templatetags.ui import moment


class Section(NamedTuple):
    """A heading with its cards."""

    name: str
    stats: list[parts.Stat]


def sections(computed: Iterable[Figure], query: str) -> list[Section]:
    """Cards by group; each opens its list for the same period and cell (`query`)."""
    cards: dict[str, list[parts.Stat]] = {group: [] for group in Group}
    for figure in computed:
        cards[figure.indicator.group].append(_stat(figure, query))
    return [Section(str(group.label), cards[group]) for group in Group]


def _stat(figure: Figure, query: str) -> parts.Stat:
    indicator = figure.indicator
    href = reverse("reports:figure", args=[indicator.key]) + (f"?{query}" if query else "")
    if isinstance(figure.numerator, int):
        return parts.Stat(
            label=indicator.name,
            href=href,
            value=figure.value,
            numerator=figure.numerator,
            denominator=figure.denominator,
            icon=indicator.icon,
        )
    # A weighted sum over a count is no fraction of whole things, so it is spelled out.
    return parts.Stat(
        label=indicator.name,
        href=href,
        value=shown(figure),
        hint=f"{figure.numerator}/{figure.denominator}",
        icon=indicator.icon,
    )


def shown(figure: Figure) -> str:
    """The figure as text: a count, a percentage, or an en dash without a denominator."""
    if figure.value is None:
        return "–"
    return f"{figure.value * 100:.0f}%" if figure.indicator.is_rate else f"{figure.value:,}"


def record_table(indicator: Indicator, rows: Sequence[Any]) -> parts.Table:
    """The records behind a figure."""
    shape = SHAPES[indicator.counts[0].table]
    columns = [
        parts.Column(column.label, kind="main" if at == 0 else "text")
        for at, column in enumerate(shape.columns)
    ]
    made = [
        (str(row.pk), _href(shape, row), [_shown(column.read(row)) for column in shape.columns])
        for row in rows
    ]
    return parts.Table.of(columns, made, caption=str(indicator.name))


def _href(shape: Shape, row: Any) -> str:
    if shape.link is None:
        return ""
    name, key = shape.link
    value = next(column.read(row) for column in shape.columns if column.key == key)
    try:
        return reverse(name, args=[value])
    except NoReverseMatch:
        return ""


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return date_format(value, "Y-m-d")
    return "–" if value in (None, "") else value
