"""Cards that upper apps put on the page of a cell; listed in `config/wiring.py` (`CELL_CARDS`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from gridpact.core.access import Actor
from gridpact.grid.models import Cell
from gridpact.grid.tree import Tree, tree

Text = str | Promise


@dataclass(frozen=True, slots=True)
class CardLine:
    """A fact of a card; `note` stands below it, `wanting` marks what is missing."""

    label: Text
    text: Text
    note: Text = ""
    href: str = ""
    wanting: bool = False


@dataclass(frozen=True, slots=True)
class CellCard:
    """A card with its lines; without lines it is not shown."""

    title: Text
    lines: tuple[CardLine, ...]


Source = Callable[[Actor, Cell, Tree], CellCard]


@cache
def _sources() -> tuple[Source, ...]:
    paths: tuple[str, ...] = import_string(settings.CELL_CARDS)
    return tuple(import_string(path) for path in paths)


def cell_cards(actor: Actor, cell: Cell, snapshot: Tree | None = None) -> list[CellCard]:
    """The cards of a cell that have something to say to this actor, on the tree's day."""
    net = snapshot or tree()
    cards = [source(actor, cell, net) for source in _sources()]
    return [card for card in cards if card.lines]
