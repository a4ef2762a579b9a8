"""What is wrong in a part of the net: findings of posts, and those of upper apps (`CELL_GAPS`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from gridpact.core import clock
from gridpact.grid.findings import LABELS, Finding, Ground, findings_on
from gridpact.grid.models import Cell

Text = str | Promise


class Gap(Protocol):
    """One kind of finding of one cell, as an upper app counts it: `href` leads to where to fix."""

    @property
    def kind(self) -> str:
        """The name of the list in the API, e.g. `blank_duties`."""
        ...

    @property
    def label(self) -> Text:
        """What the kind is called."""
        ...

    @property
    def count(self) -> int:
        """How many of this cell's own, without the cells below."""
        ...

    @property
    def detail(self) -> str:
        """Which ones, in words; empty where the count says enough."""
        ...

    @property
    def href(self) -> str:
        """Where it is fixed."""
        ...


Source = Callable[[Iterable[int]], Mapping[int, Sequence[Gap]]]


@dataclass(frozen=True, slots=True)
class GapList:
    """All findings of one kind in the asked part of the net."""

    kind: str
    label: Text
    findings: tuple[Finding, ...]

    @property
    def count(self) -> int:
        """How many in all; a line of an upper app may stand for several."""
        return sum(each.count for each in self.findings)


@cache
def _sources() -> tuple[Source, ...]:
    paths: tuple[str, ...] = import_string(settings.CELL_GAPS)
    return tuple(import_string(path) for path in paths)


def gap_lists(cell: Cell) -> list[GapList]:
    """Every kind of finding under `cell`, also the empty ones of posts, in a fixed order."""
    ground = Ground(cell, clock.today())
    found, cells = findings_on(ground), ground.cells
    lists = [GapList(kind, label, tuple(found[kind])) for kind, label in LABELS.items()]
    others: dict[str, tuple[Text, list[Finding]]] = {}
    for source in _sources():
        for cell_id, gaps in source(list(cells)).items():
            here = cells[cell_id]
            for gap in gaps:
                _label, lines = others.setdefault(gap.kind, (gap.label, []))
                lines.append(
                    Finding(
                        gap.kind,
                        here.code,
                        here.name,
                        here.level,
                        count=gap.count,
                        fix=gap.href,
                        detail=gap.detail,
                    )
                )
    lists += [
        GapList(kind, label, tuple(sorted(lines, key=lambda line: line.cell_code)))
        for kind, (label, lines) in others.items()
    ]
    return lists
