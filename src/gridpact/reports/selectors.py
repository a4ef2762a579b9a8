"""Computes figures from records, and gives the records behind each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from gridpact.core.access import Actor, Refused, require
from gridpact.reports.frames import Frame, frame_for
from gridpact.reports.indicators import BY_KEY, INDICATORS, TABLES, Indicator, Measure


@dataclass(frozen=True, slots=True)
class Figure:
    """A computed figure. `value` of a rate is a share from 0 to 1, None without a denominator."""

    indicator: Indicator
    value: float | int | None
    numerator: float | int
    denominator: int | None

    def as_dict(self) -> dict[str, Any]:
        """The form of the API and the command line."""
        return {
            "value": self.value,
            "numerator": self.numerator,
            "denominator": self.denominator,
        }


def figures(
    actor: Actor,
    *,
    start: date | None = None,
    end: date | None = None,
    cell: str | None = None,
    as_of: date | None = None,
) -> dict[str, dict[str, Any]]:
    """`{key: {"value", "numerator", "denominator"}}` for every indicator; one query per table.

    Raises `Refused`: 403 without the right, 404 for a foreign cell, 422 for a wrong period.
    """
    require(actor, "figures.read")
    frame = frame_for(actor, start=start, end=end, cell=cell, as_of=as_of)
    return {figure.indicator.key: figure.as_dict() for figure in compute(frame)}


def compute(frame: Frame) -> list[Figure]:
    """All figures of a frame, in their declared order."""
    measures = [each for one in INDICATORS for each in (*one.counts, one.of) if each is not None]
    counted = _count(measures, frame)
    return [_figure(one, counted) for one in INDICATORS]


def records(
    key: str,
    actor: Actor,
    *,
    start: date | None = None,
    end: date | None = None,
    cell: str | None = None,
    as_of: date | None = None,
    whole: bool = False,
) -> tuple[Indicator, QuerySet[Any]]:
    """The indicator and the rows it counts; `whole` gives those of a rate's denominator.

    Raises what `figures` raises, and 404 for an unknown key.
    """
    require(actor, "figures.read")
    indicator = BY_KEY.get(key)
    if indicator is None:
        raise Refused("figure_unknown", 404, key=key[:40])
    frame = frame_for(actor, start=start, end=end, cell=cell, as_of=as_of)
    measures = (indicator.of,) if whole and indicator.of is not None else indicator.counts
    condition = Q(pk__in=())
    for measure in measures:
        condition |= measure.condition(frame)
    return indicator, TABLES[measures[0].table](frame).filter(condition)


def _count(measures: list[Measure], frame: Frame) -> dict[int, int]:
    """Rows of each measure (by identity): all measures of a table are counted in one pass."""
    counted: dict[int, int] = {}
    for table, rows in TABLES.items():
        here = [each for each in measures if each.table == table]
        totals = rows(frame).aggregate(
            **{f"n{at}": Count("pk", filter=each.condition(frame)) for at, each in enumerate(here)}
        )
        counted |= {id(each): totals[f"n{at}"] for at, each in enumerate(here)}
    return counted


def _figure(indicator: Indicator, counted: dict[int, int]) -> Figure:
    total = round(sum(counted[id(each)] * each.weight for each in indicator.counts), 2)
    numerator = int(total) if total == int(total) else total
    if indicator.of is None:
        return Figure(indicator, numerator, numerator, None)
    whole = counted[id(indicator.of)]
    return Figure(indicator, round(numerator / whole, 4) if whole else None, numerator, whole)
