"""Solved orders that resemble one at hand: what they were, who solved them, how, how well."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from gridpact.core.access import Actor
from gridpact.core.among import one_of
from gridpact.core.masking import mask_address, mask_name, mask_text
from gridpact.core.rows import execute
from gridpact.core.segment import all_words, fold, people_in
from gridpact.grid.choices import Level
from gridpact.grid.tree import CellRef, tree
from gridpact.orders.choices import SOLVED, Klass
from gridpact.orders.models import Order
from gridpact.orders.search.finding import Look, Words, readable_q, reading_marks
from gridpact.orders.search.frequency import frequencies
from gridpact.orders.search.wording import SOLVED_MARK, either, quoted

MOST_CANDIDATES = 500  # the newest of those that share telling words
_READ = 600  # signs of a text that are compared
_TELLING, _WEIGHED = 6, 16  # words that choose candidates; words that score them
_TOO_COMMON = 0.2  # share of orders from which a word tells nothing
_LEAST = 0.4  # likeness below this is chance
_SAME_CATEGORY, _SAME_GRID, _SAME_COMMUNITY = 0.15, 0.15, 0.08


@dataclass(frozen=True, slots=True)
class Similar:
    """A solved order like the one at hand; `answer` is fit to be taken over as a draft."""

    order: Order
    likeness: float
    answer: str
    solved_by: str
    took: timedelta | None
    is_near: bool


def similar_to(order: Order, actor: Actor, limit: int = 5) -> list[Similar]:
    """Solved orders in the actor's sight that resemble `order`, the most alike first."""
    about = _About(f"{order.title}\n{order.text}", order.cell_id, order.category_id, order.pk)
    return _similar(about, actor, limit)


def similar_text(text: str, cell_id: int, actor: Actor, limit: int = 5) -> list[Similar]:
    """The same for a text that is no order yet, said in a cell."""
    return _similar(_About(text, cell_id, None, 0), actor, limit)


def draft_from(order: Order, number: str, actor: Actor) -> str:
    """The answer of another solved order as a draft for `order`, masked; empty out of sight."""
    rows = Order.objects.visible_to(actor).filter(_told(actor), number=number.upper())
    other = rows.exclude(pk=order.pk).first()
    return masked_answer(other) if other is not None else ""


def masked_answer(order: Order) -> str:
    """The answer without phones, doors, plates and people: it is about to be told to others."""
    text = mask_text(order.answer)
    name = order.reporter_name
    for person in [*([name] if len(name) > 1 else []), *people_in(text)]:
        text = text.replace(person, mask_name(person))
    return mask_address(text)


def _told(actor: Actor) -> Q:
    """Solved, readable, with an answer; private matters lend their answers to nobody."""
    solved = Q(state__in=SOLVED, verified_at__isnull=False) & ~Q(klass=Klass.PRIVATE)
    return readable_q(actor) & solved & ~Q(answer="")


@dataclass(frozen=True, slots=True)
class _About:
    """What is compared: a text, where it was said, what it is about, the order it belongs to."""

    text: str
    cell_id: int
    category_id: int | None
    own: int


def _similar(about: _About, actor: Actor, limit: int) -> list[Similar]:
    weights = _weights(about.text)
    if not weights:
        return []
    here = tree().by_id.get(about.cell_id)
    rows = _candidates(list(weights), actor, about.own)
    scores = _scores([row[0] for row in rows], weights)
    ranked: list[tuple[float, int, bool]] = []
    for pk, category, community, grid in rows:
        alike = scores.get(pk, 0.0)
        if alike < _LEAST:
            continue
        near = _nearness(here, community, grid)
        known = about.category_id is not None and category == about.category_id
        same = _SAME_CATEGORY if known else 0.0
        ranked.append((alike + near + same, pk, near > 0))
    best = sorted(ranked, reverse=True)[:limit]
    found = Order.objects.with_parts().in_bulk([pk for _score, pk, _near in best])
    return [_shown(found[pk], score, is_near=near) for score, pk, near in best if pk in found]


def _weights(text: str) -> dict[str, float]:
    """The telling words of a text by weight, the rarest first."""
    known = frequencies()
    words = {word.text for word in all_words(fold(text[:_READ])) if not word.text.isdigit()}
    shares = {word: known.share(word) for word in words}
    telling = {word: share for word, share in shares.items() if share < _TOO_COMMON} or shares
    rarest = sorted(telling, key=lambda word: (telling[word], -len(word), word))[:_WEIGHED]
    return {word: -math.log(min(max(telling[word], 1e-7), 0.99)) for word in rarest}


def _candidates(
    words: list[str], actor: Actor, own: int
) -> list[tuple[int, int | None, int | None, int | None]]:
    """The newest solved orders with one of the rarest words: key, category, community, grid."""
    marks = reading_marks(actor)
    if marks is not None and not marks:
        return []
    telling, known = words[:_TELLING], frequencies()
    share = min(sum(known.share(word) for word in telling), 1.0)
    look = Look(Words(either(telling), share), [[SOLVED_MARK], *([marks] if marks else [])])
    newest = look.newest(MOST_CANDIDATES)
    rows = Order.objects.filter(_told(actor), one_of(newest)).exclude(pk=own)
    return list(rows.order_by("-pk").values_list("pk", "category_id", "community_id", "grid_id"))


def _scores(ids: list[int], weights: dict[str, float]) -> dict[int, float]:
    """How much of the weight of the words each order has, 0 to 1."""
    if not ids:
        return {}
    total = sum(weights.values())
    parts = " + ".join("(words @@ %s::tsquery)::int * %s::float8" for _word in weights)
    # Only in title and text: the names of the place would make neighbours of all orders.
    values: list[object] = [
        part for word in weights for part in (f"{quoted(word)}:AB", weights[word])
    ]
    rows = execute(
        f"SELECT order_id, {parts} FROM orders_orderwords"  # noqa: S608 - only placeholders
        " WHERE order_id = ANY(%s::bigint[])",
        [*values, ids],
    )
    return {pk: weight / total for pk, weight in rows}


def _nearness(here: CellRef | None, community: int | None, grid: int | None) -> float:
    """What the same grid or community adds."""
    if here is None:
        return 0.0
    if grid is not None and grid == here.ancestors.get(Level.GRID):
        return _SAME_GRID
    same = community is not None and community == here.ancestors.get(Level.COMMUNITY)
    return _SAME_COMMUNITY if same else 0.0


def _shown(order: Order, score: float, *, is_near: bool) -> Similar:
    took = order.finished_at - order.created_at if order.finished_at else None
    return Similar(
        order=order,
        likeness=min(score, 1.0),
        answer=masked_answer(order),
        solved_by=_solver(order),
        took=took,
        is_near=is_near,
    )


def _solver(order: Order) -> str:
    """The organisation, or the post with its place; never a person's name."""
    if order.handler_org is not None:
        return str(order.handler_org)
    return order.handler_post.label if order.handler_post is not None else ""
