"""Where orders ask for routing rules: an app above answers, named by `ORDER_ROUTER`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from gridpact.grid.tree import CellRef, Tree
from gridpact.orders.models import Order


@dataclass(frozen=True, slots=True)
class Arrival:
    """A new order with its key, not yet written, and what it does not say of itself."""

    order: Order
    cell: CellRef
    tree: Tree
    photos: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whom a rule names as receiver: `to` is a value of the dispatch form (`post:1`, `org:2`)."""

    to: str
    label: str
    why: str


class Router(Protocol):
    """What the app with the rules offers. `version_sql` reads the version in force, or nothing."""

    version_sql: str

    def receive(self, arrival: Arrival, version: int) -> Sequence[Model]:
        """Set desk, priority, key flag and rule of a new order; rows to be written with it."""

    def propose(self, order: Order) -> Proposal | None:
        """The receiver the rules name for a triaged order (loaded `with_parts`)."""

    def why(self, order: Order, *, seen: bool) -> list[dict[str, Any]]:
        """For programs: what rules did to the order; texts only where they may be `seen`."""

    def lines(self, order: Order, *, seen: bool) -> list[tuple[str | Promise, str]]:
        """The same for people, as label and sentence; says so when no rule fitted."""


@cache
def router() -> Router:
    """The router of this installation."""
    found: Router = import_string(settings.ORDER_ROUTER)
    return found
