"""The bar of moves under a list, and the results of a move on many orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.urls import reverse

from gridpact.core.access import Actor
from gridpact.orders.choices import MOVES, State
from gridpact.orders.models import Order
from gridpact.orders.services.many import MANY, Outcome, possible_moves
from gridpact.orders.tables.moves import FACES
from gridpact.ui.parts import Action


class Bar(NamedTuple):
    """Buttons of the moves some order of the page allows, and the moves of each by number."""

    actions: list[Action]
    moves: dict[str, str]


def bulk_bar(orders: Iterable[Order], actor: Actor) -> Bar:
    """The bar for one page of a list (`orders` loaded `for_rows`), empty if nothing is possible."""
    moves = {order.number: possible_moves(order, actor) for order in orders}
    counts = Counter(verb for verbs in moves.values() for verb in verbs if verb in FACES)
    actions = [
        Action(
            MOVES[verb].name, icon=FACES[verb].icon, method="post", name="verb", value=verb,
            danger=FACES[verb].danger,
        )
        for verb in MANY
        if counts[verb]
    ]  # fmt: skip
    return Bar(actions, {number: " ".join(verbs) for number, verbs in moves.items()})


class ResultRow(NamedTuple):
    """One order of a batch."""

    number: str
    href: str
    title: str
    done: bool
    state: str
    state_label: str
    reason: str


class Results(NamedTuple):
    """All of a batch: refused ones first, since they need somebody."""

    rows: list[ResultRow]
    done: int
    refused: int
    again: list[str]


def results_of(verb: str, outcomes: Sequence[Outcome]) -> Results:
    """What the page of results shows."""
    rows = [
        ResultRow(
            one.number,
            reverse("orders:detail", args=(one.number,)) if one.code != "not_found" else "",
            one.title,
            one.done,
            one.state.lower(),
            str(State(one.state).label) if one.state in State.values else "",
            one.reason,
        )
        for one in sorted(outcomes, key=lambda one: one.done)
    ]
    again = [row.number for row in rows if not row.done]
    return Results(rows, len(rows) - len(again), len(again), again)
