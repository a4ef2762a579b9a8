"""Cards that upper apps put beside an order; listed in `config/wiring.py` (`ORDER_CARDS`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from gridpact.core.access import Actor
from gridpact.orders.models import Order


@dataclass(frozen=True, slots=True)
class SideLine:
    """A link with a coloured word (green, amber, red, blue, grey)."""

    label: str | Promise
    href: str
    word: str | Promise = ""
    tone: str = "grey"


@dataclass(frozen=True, slots=True)
class SideCard:
    """A heading and its lines; `id` is that of the heading on the page."""

    id: str
    title: str | Promise
    lines: Sequence[SideLine]


Source = Callable[[Actor, Order], SideCard | None]


@cache
def _sources() -> tuple[Source, ...]:
    paths: tuple[str, ...] = import_string(settings.ORDER_CARDS)
    return tuple(import_string(path) for path in paths)


def side_cards(actor: Actor, order: Order) -> list[SideCard]:
    """What the other parts of the product have to say beside this order."""
    found = (source(actor, order) for source in _sources())
    return [card for card in found if card is not None]
