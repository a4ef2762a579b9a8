"""Finding orders by words: within sight, never by what a mask hides, the best first."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Func, IntegerField, Max, Q, Value

from gridpact.core.access import Actor
from gridpact.core.among import among, one_of
from gridpact.core.rows import execute
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Cell, under_q
from gridpact.orders.choices import Klass
from gridpact.orders.models import OrderLog, OrderWords, WordsMark
from gridpact.orders.models.sight import OrderQuerySet, called_orders
from gridpact.orders.search.frequency import Frequencies, frequencies
from gridpact.orders.search.vocabulary import vocabulary
from gridpact.orders.search.wording import (
    BATCH_BITS,
    BOARD_MARK,
    OFFERED_MARK,
    Asked,
    Term,
    asked_in,
    batch_mark,
    cell_mark,
    either,
)

MOST_HITS = 1_000  # the newest hits of a question are ranked and listed
# The newest orders with these words, before other filters: few at first, then many.
LOOKED_AT = (1_200, 10_000)
MOST_FRESH = 5_000  # newest lines of the timeline whose orders are read word by word
_LEXEME = re.compile(r"'([^']+)'")
_TELLS_NOTHING = 0.05  # share of orders from which a word alone finds nothing worth reading
_SPARE = 2  # the estimates of the shares may be wrong by as much
_FEW_HITS = 8_000  # so many are read at once rather than batch by batch
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
    for words in _ways(asked):
        ids = _newest(rows, words, actor, cell, few=few)
        if words.query == asked.every:
            ids += [pk for pk in _fresh(rows, asked, actor) if pk not in set(ids)]
        if ids:
            return Hits(_best_first(ids, words.query), asked)
    return Hits([], asked)


def find_on_board(rows: OrderQuerySet, question: str, cell_id: int | None = None) -> Hits:
    """The orders of the public board `rows` that anybody may find by what the board shows."""
    asked = asked_in(question, vocabulary())
    marks = [[BOARD_MARK], *([[cell_mark(cell_id)]] if cell_id else [])]
    for words in _ways(asked):
        ids = _among_newest(rows, Look(words, marks, shown=True))
        if ids:
            return Hits(_best_first(ids, words.query, shown=True), asked)
    return Hits([], asked)


def in_place(rows: OrderQuerySet, ids: Sequence[int]) -> OrderQuerySet:
    """`rows` narrowed to these orders, each with its `place` among them (1 is the best)."""
    array = Value(list(ids), output_field=ArrayField(BigIntegerField()))
    place = Func(array, F("pk"), function="array_position", output_field=IntegerField())
    return rows.filter(one_of(ids)).annotate(place=place)


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
    rows: OrderQuerySet, words: Words, actor: Actor, cell: Cell | None, *, few: bool
) -> list[int]:
    """The newest hits among `rows`, newest first."""
    found: set[int] = set()
    for shown, marks, condition in _sources(actor):
        narrow = [
            each for each in (marks, [cell_mark(cell.pk)] if cell is not None else None) if each
        ]
        look = Look(words, narrow, shown=shown, within=rows if few else None)
        found.update(_among_newest(rows.filter(condition), look))
    return sorted(found, reverse=True)[:MOST_HITS]


@dataclass(frozen=True, slots=True)
class Words:
    """What is asked of the index, and the share of orders that are expected to have it."""

    query: str
    share: float


@dataclass(frozen=True, slots=True)
class Look:
    """Words under groups of marks, one mark of each group; `within` limits where to look."""

    words: Words
    marks: list[list[str]]
    shown: bool = False
    within: OrderQuerySet | None = None

    def newest(self, most: int) -> list[int]:
        """Keys of the newest `most` hits, newest first.

        Of common words the newest batches are enough: reading a hundred thousand hits to keep
        the newest thousand would take seconds.
        """
        query = " & ".join([f"({self.words.query})", *(f"({either(g)})" for g in self.marks)])
        top = OrderWords.objects.aggregate(top=Max("order_id"))["top"] or 0
        share = self._share()
        if self.within is None and share * top > max(_FEW_HITS, _SPARE * most):
            count = math.ceil(_SPARE * most / (share * (1 << BATCH_BITS)))
            marks = either(batch_mark(max(top - (n << BATCH_BITS), 0)) for n in range(count + 1))
            found = self._read(f"{query} & ({marks})", most)
            if len(found) == most:
                return found
        return self._read(query, most)

    def _share(self) -> float:
        """The share of orders that are expected to match, were words and marks independent."""
        known = frequencies()
        share = self.words.share
        for group in self.marks:
            share *= min(sum(known.share(mark) for mark in group), 1.0)
        return share

    def _read(self, query: str, most: int) -> list[int]:
        hits = OrderWords.objects.matching(query, shown=self.shown)
        if self.within is not None:
            hits = hits.filter(order_id__in=self.within.order_by().values("pk"))
        # Plus nothing, so that no plan walks the key backwards through a million other orders.
        newest = hits.order_by((F("order_id") + 0).desc())
        return list(newest.values_list("order_id", flat=True)[:most])


def _among_newest(rows: OrderQuerySet, look: Look) -> list[int]:
    """Keys of the newest `rows` among the newest hits, newest first."""
    ids: list[int] = []
    for most in LOOKED_AT:
        newest = look.newest(most)
        seen = rows.filter(one_of(newest)).order_by("-pk")
        ids = list(seen.values_list("pk", flat=True)[:MOST_HITS]) if newest else []
        if len(newest) < most or len(ids) == MOST_HITS:
            break
    return ids


def _ways(asked: Asked) -> list[Words]:
    """All the words; else one of those that tell something, where any are told apart."""
    if not asked.terms:
        return []
    known = frequencies()
    shares = [_share_of(term, known) for term in asked.terms]
    telling = [
        term for term, share in zip(asked.terms, shares, strict=True) if share < _TELLS_NOTHING
    ]
    some = Asked(tuple(telling)) if telling else asked
    ways = [Words(asked.every, min(shares))]
    if some.any != asked.every:
        ways.append(Words(some.any, min(sum(_share_of(t, known) for t in some.terms), 1.0)))
    return ways


def _share_of(term: Term, known: Frequencies) -> float:
    """A phrase is at most as common as the rarest of its words."""
    return min(known.share(word) for word in _LEXEME.findall(term.query))


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
        said = Q()
        for writing in asked.writings(term):
            said |= Q(title__icontains=writing) | Q(text__icontains=writing)
        texts &= said
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
