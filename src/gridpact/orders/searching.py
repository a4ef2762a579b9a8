"""Finding orders by words: within sight, never by what a mask hides, the best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Func, IntegerField, Q, Value

from gridpact.core.access import Actor
from gridpact.core.among import among
from gridpact.core.rows import execute
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Cell, under_q
from gridpact.orders.choices import Klass
from gridpact.orders.models import OrderLog, OrderWords, WordsMark
from gridpact.orders.models.sight import OrderQuerySet, called_orders
from gridpact.orders.vocabulary import vocabulary
from gridpact.orders.wording import BOARD_MARK, OFFERED_MARK, Asked, asked_in, cell_mark, either

MOST_HITS = 2_000  # the newest hits of a question are ranked and listed
MOST_LOOKED_AT = 20_000  # the newest orders with these words, before other filters
MOST_FRESH = 500  # orders that wait for the index are read word by word
_NEWNESS = 0.5  # how much the newest hit gains over the oldest


@dataclass(frozen=True, slots=True)
class Hits:
    """Ids of found orders, best first, and what was looked for."""

    ids: list[int]
    asked: Asked


def find_hits(
    rows: OrderQuerySet, question: str, actor: Actor, *, cell: Cell | None = None, few: bool = False
) -> Hits:
    """The orders of `rows` (already in sight) with all the words, else with most of them.

    `cell` names the territory of `rows`, `few` says that they are some hundreds: both only make
    the search exact and quick. Texts are asked only where the actor may read them; in the claim
    hall what its masks leave; private matters there not at all.
    """
    asked = asked_in(question, vocabulary())
    if not asked.terms:
        return Hits([], asked)
    ways = [asked.every] if asked.any == asked.every else [asked.every, asked.any]
    for words in ways:
        ids = _newest(rows, words, actor, cell, few=few)
        if words == asked.every:
            ids += [pk for pk in _fresh(rows, asked, actor) if pk not in set(ids)]
        if ids:
            return Hits(_best_first(ids, words), asked)
    return Hits([], asked)


def find_on_board(rows: OrderQuerySet, question: str, cell_id: int | None = None) -> Hits:
    """The orders of the public board `rows` that anybody may find by what the board shows."""
    asked = asked_in(question, vocabulary())
    marks = [either([BOARD_MARK]), *([either([cell_mark(cell_id)])] if cell_id else [])]
    for words in dict.fromkeys((asked.every, asked.any) if asked.terms else ()):
        told = OrderWords.objects.matching(" & ".join([f"({words})", *marks]), shown=True)
        found = told.order_by("-order_id").values("order_id")[:MOST_LOOKED_AT]
        ids = list(
            rows.filter(pk__in=found).order_by("-pk").values_list("pk", flat=True)[:MOST_HITS]
        )
        if ids:
            return Hits(_best_first(ids, words, shown=True), asked)
    return Hits([], asked)


def in_place(rows: OrderQuerySet, ids: Sequence[int]) -> OrderQuerySet:
    """`rows` narrowed to these orders, each with its `place` among them (1 is the best)."""
    array = Value(list(ids), output_field=ArrayField(BigIntegerField()))
    place = Func(array, F("pk"), function="array_position", output_field=IntegerField())
    return rows.filter(pk__in=among(ids)).annotate(place=place)


def readable_q(actor: Actor) -> Q:
    """Orders whose texts this actor may read in full (`policies.sees_text` as a condition)."""
    if actor.is_system:
        return Q()
    seen = OrderQuerySet.mine_q(actor) | OrderQuerySet.called_q(actor)
    for grant in actor.grants_for("orders.read"):
        seen |= under_q(grant.level, grant.cell_id)
    return seen


def reading_marks(actor: Actor) -> list[str] | None:
    """The marks one of which every readable order carries; None: they would narrow nothing."""
    if actor.is_system:
        return None
    grants = actor.grants_for("orders.read")
    if any(RANK[grant.level] <= RANK[Level.DISTRICT] for grant in grants):
        return None
    marks = [cell_mark(grant.cell_id) for grant in grants]
    marks += [f"@a{grant.appointment_id}" for grant in actor.grants]
    marks += [f"@o{member.org_id}" for member in actor.memberships]
    if actor.user_id is not None:
        marks += [f"@h{actor.user_id}", f"@r{actor.user_id}"]
    return marks


def _newest(
    rows: OrderQuerySet, words: str, actor: Actor, cell: Cell | None, *, few: bool
) -> list[int]:
    """The newest hits among `rows`, newest first."""
    found: set[int] = set()
    for shown, marks, condition in _sources(actor):
        asked = " & ".join(
            [f"({words})"]
            + ([f"({either(marks)})"] if marks else [])
            + ([either([cell_mark(cell.pk)])] if cell is not None else [])
        )
        hits = OrderWords.objects.matching(asked, shown=shown).order_by("-order_id")
        if few:
            hits = hits.filter(order_id__in=rows.order_by().values("pk"))
        mine = rows.filter(condition, pk__in=hits.values("order_id")[:MOST_LOOKED_AT])
        found.update(mine.order_by("-pk").values_list("pk", flat=True)[:MOST_HITS])
    return sorted(found, reverse=True)[:MOST_HITS]


def _sources(actor: Actor) -> list[tuple[bool, list[str] | None, Q]]:
    """Which vector is asked, under which marks, and the sight that must hold for each hit."""
    marks = reading_marks(actor)
    sources: list[tuple[bool, list[str] | None, Q]] = []
    if marks is None or marks:
        sources.append((False, marks, readable_q(actor)))
    called = list(called_orders(actor))
    if called and marks is not None:
        sources.append((False, None, Q(pk__in=among(called))))
    hall = OrderQuerySet.hall_q(actor)
    if hall != Q(pk__in=()):
        sources.append((True, [OFFERED_MARK], hall & ~Q(klass=Klass.PRIVATE)))
    return sources


def _fresh(rows: OrderQuerySet, asked: Asked, actor: Actor) -> list[int]:
    """Orders that changed after the index was made, read word by word."""
    mark = WordsMark.objects.filter(pk=1).values_list("upto", flat=True).first() or 0
    lines = OrderLog.objects.filter(pk__gt=mark).order_by("-pk")
    changed = set(lines.values_list("order_id", flat=True)[:MOST_FRESH])
    if not changed:
        return []
    texts = Q()
    for term in asked.terms:
        texts &= Q(title__icontains=term.surface) | Q(text__icontains=term.surface)
    found = rows.filter(readable_q(actor), texts, pk__in=among(changed))
    return list(found.order_by("-pk").values_list("pk", flat=True))


def _best_first(ids: list[int], words: str, *, shown: bool = False) -> list[int]:
    """By what the words weigh where they stand (a title most), the newer of two equals first."""
    column = "shown" if shown else "words"
    ranks = dict(
        execute(
            f"SELECT order_id, ts_rank({column}, %s::tsquery) FROM orders_orderwords"  # noqa: S608 - one of two names
            " WHERE order_id = ANY(%s::bigint[])",
            [words, ids],
        )
    )
    newest_first = sorted(ids, reverse=True)
    gain = {pk: 1 + _NEWNESS * (1 - at / len(ids)) for at, pk in enumerate(newest_first)}
    return sorted(ids, key=lambda pk: (-(ranks.get(pk) or 0.05) * gain[pk], -pk))
