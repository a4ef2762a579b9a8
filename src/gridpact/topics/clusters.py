"""Hot topics of any texts: what is the same matter at the same place, and how hot it is.

Average linkage on the cosine of TF-IDF vectors. The mean similarity of two groups is the product
of their mean vectors, so no matrix of all pairs is ever held.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import sparse

from gridpact.core.segment import NO_NAMES, Names, cut, fold
from gridpact.topics.places import kind_of, places_in, settle_place

MOST_SIGNS = 2_000  # of one text; what comes later is copied tables and contracts
MOST_WORDS = 120
SAME = 0.10  # mean cosine from which two groups are one
RARE, COMMON = 2, 0.3  # words of fewer texts, or of a larger share of them, tell nothing apart
FEW = 100  # texts among which no word is too common: they may all be about one matter
SMALLEST = 3  # texts of a topic
AKIN = 0.065  # mean cosine from which two groups of the same place are one
AT_ONE_PLACE = 0.6  # share of people from which a topic is of one place and is not divided
LONG = 30  # signs of a text that two people hardly write alike
_BLOCK = 512  # rows of a product held at once
_CODED = re.compile(r"[a-z]\d+")
_SENTENCE = re.compile(r"[。！？!?\n]")
_EMPTY = re.compile(r"[\W\d_a-z]+")


@dataclass(frozen=True, slots=True)
class Said:
    """One message: who said what, when; `area` is a known place, `reactions` of others to it.

    `who` is "" where nobody knows: then the same long text is taken for the same person.
    """

    text: str
    at: datetime
    who: str
    title: str = ""
    area: str = ""
    reactions: int = 0


@dataclass(frozen=True, slots=True)
class Topic:
    """A matter of several messages; `members` are their places in the input, oldest first.

    `place` is drawn from the texts, `area` the known place most share; `at_place` is the share
    of people who name one of them; `who` tells the people of the members apart.
    """

    name: str
    members: tuple[int, ...]
    who: tuple[str, ...]
    people: int
    heat: float
    first: datetime
    last: datetime
    place: str
    area: str
    at_place: float
    words: tuple[str, ...]
    reactions: int


def find_topics(
    said: Sequence[Said], *, end: datetime | None = None, names: Names = NO_NAMES
) -> list[Topic]:
    """Topics of at least three messages, hottest first; the same input gives the same topics.

    heat = people, each weighing 1 at `end` (default: the latest message) down to 1/2 at the
    beginning, × the square of the share who name the same place × (1 + 0.1·ln(1 + reactions)):
    what happens everywhere is no hot topic. Copies from one person count once. `names` are the
    known names of places.
    """
    if len(said) < SMALLEST:
        return []
    said = [_by_somebody(each, number) for number, each in enumerate(said)]
    texts = [(fold(_head(each)), fold(each.text[:MOST_SIGNS])) for each in said]
    words = [_words(title, text) for title, text in texts]
    places = [places_in(f"{title}\n{text}", names) for title, text in texts]
    vectors, terms, spread = _vectors(words)
    latest = end or max(each.at for each in said)
    span = max((latest - min(each.at for each in said)).total_seconds(), 1.0)
    known = dict(zip(terms, spread, strict=True))
    judge = _Judge(said, words, places, latest, span, known)
    parts = [part for group in _linked(vectors) for part in judge.divided(group)]
    whole = judge.brought_together([part for part in parts if len(part) > 1], vectors)
    groups = [part for group in whole for part in judge.divided(group)]
    topics = [judge.topic(group) for group in groups if len(group) >= SMALLEST]
    return sorted(topics, key=lambda topic: (-topic.heat, topic.members))


def _by_somebody(said: Said, number: int) -> Said:
    """The message with somebody who said it."""
    if said.who:
        return said
    text = "".join(said.text.split())
    return replace(said, who=f"={text}" if len(text) >= LONG else f"#{number}")


def _head(said: Said) -> str:
    """The title, or the first sentence where there is none."""
    return said.title.strip()[:200] or _SENTENCE.split(said.text[:200].strip(), maxsplit=1)[0][:60]


def _words(title: str, text: str) -> list[str]:
    """Words that tell matters apart, and pairs of neighbours; those of the title weigh double."""
    head, body = _told(title), _told(text)[:MOST_WORDS]
    return [*_pairs(head), *_pairs(head), *_pairs(body)]


def _told(text: str) -> list[str]:
    return [
        word.text
        for word in cut(text)
        if (len(word.text) > 1 and not _EMPTY.fullmatch(word.text)) or _CODED.fullmatch(word.text)
    ]


def _pairs(words: list[str]) -> list[str]:
    return words + [a + b for a, b in pairwise(words)]


def _vectors(texts: list[list[str]]) -> tuple[Any, list[str], list[int]]:
    """TF-IDF rows of length 1 (sparse, float32), the words of the columns, texts of each word."""
    counts = [Counter(words) for words in texts]
    spread = Counter(word for count in counts for word in count)
    most = max(COMMON * len(texts), FEW)
    names = sorted(word for word, n in spread.items() if RARE <= n <= most)
    column = {word: at for at, word in enumerate(names)}
    rows, columns, values = [], [], []
    for row, count in enumerate(counts):
        for word, n in count.items():
            if word in column:
                rows.append(row)
                columns.append(column[word])
                values.append((1 + math.log(n)) * _rarity(len(texts), spread[word]))
    shape = (len(texts), len(names))
    matrix = sparse.csr_matrix((np.array(values, dtype=np.float32), (rows, columns)), shape=shape)
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix = sparse.diags(1 / np.where(lengths > 0, lengths, 1)).dot(matrix).astype(np.float32)
    return matrix.tocsr(), names, [spread[name] for name in names]


def _rarity(texts: int, spread: int) -> float:
    return math.log((1 + texts) / (1 + spread)) + 1


def _linked(vectors: Any) -> list[list[int]]:
    """Groups of rows whose mean similarity is at least `SAME`, as average linkage finds them.

    Pairs that are each other's nearest are joined in rounds. Average linkage is reducible: joining
    others never brings a group nearer, so only groups whose nearest was joined are looked at again.
    """
    groups: dict[int, list[int]] = {row: [row] for row in range(vectors.shape[0])}
    means: Any = vectors
    keys = np.arange(vectors.shape[0])
    nearest: dict[int, tuple[int, float]] = {}
    stale = list(groups)
    while stale:
        nearest.update(_nearest(means, keys, stale))
        pairs = [
            (a, b)
            for a, (b, near) in nearest.items()
            if near >= SAME and a < b and nearest.get(b, (-1, 0.0))[0] == a
        ]
        if not pairs:
            break
        means, keys, joined = _join(means, keys, groups, pairs)
        alone = {a for a, (_b, near) in nearest.items() if near < SAME}
        stale = [a for a in groups if a in joined or nearest.get(a, (a, 0.0))[0] in joined]
        gone = {b for _a, b in pairs}
        stale = [a for a in stale if a not in alone or a in joined]
        for key in gone:
            nearest.pop(key, None)
        means, keys = _without(means, keys, alone - joined - gone)
    return [sorted(group) for _key, group in sorted(groups.items())]


def _nearest(means: Any, keys: Any, stale: list[int]) -> dict[int, tuple[int, float]]:
    """For each stale group the most similar other one; of equals the first."""
    at = {int(key): row for row, key in enumerate(keys)}
    found: dict[int, tuple[int, float]] = {}
    across = means.T.tocsc()
    for start in range(0, len(stale), _BLOCK):
        block = [key for key in stale[start : start + _BLOCK] if key in at]
        rows = [at[key] for key in block]
        product = (means[rows] @ across).toarray()
        product[np.arange(len(rows)), rows] = -1
        best = product.argmax(axis=1)
        for row, key in enumerate(block):
            found[key] = (int(keys[best[row]]), round(float(product[row, best[row]]), 6))
    return found


def _join(
    means: Any, keys: Any, groups: dict[int, list[int]], pairs: list[tuple[int, int]]
) -> tuple[Any, Any, set[int]]:
    """Each pair becomes one group under the smaller key; its mean weighs by size."""
    at = {int(key): row for row, key in enumerate(keys)}
    rows, columns, shares = list(range(len(keys))), list(range(len(keys))), [1.0] * len(keys)
    gone, joined = set(), set()
    for a, b in pairs:
        small, large = len(groups[a]), len(groups[b])
        shares[at[a]] = small / (small + large)
        rows.append(at[a])
        columns.append(at[b])
        shares.append(large / (small + large))
        groups[a] += groups.pop(b)
        gone.add(b)
        joined |= {a, b}
    mix = sparse.csr_matrix((np.array(shares, dtype=np.float32), (rows, columns)))
    means, keys = _without((mix @ means).tocsr(), keys, gone)
    return means, keys, joined


def _means(groups: list[list[int]], vectors: Any) -> Any:
    """The mean vector of each group, as sparse rows."""
    rows = [row for row, group in enumerate(groups) for _each in group]
    shares = [1 / len(group) for group in groups for _each in group]
    columns = [each for group in groups for each in group]
    shape = (len(groups), vectors.shape[0])
    return (sparse.csr_matrix((shares, (rows, columns)), shape=shape) @ vectors).tocsr()


def _without(means: Any, keys: Any, gone: set[int]) -> tuple[Any, Any]:
    if not gone:
        return means, keys
    kept = [row for row, key in enumerate(keys) if int(key) not in gone]
    return means[kept], keys[kept]


@dataclass(frozen=True, slots=True)
class _Judge:
    """Weighs groups of messages: by whom, of what place, how recent, under what name."""

    said: Sequence[Said]
    words: list[list[str]]
    places: list[list[str]]
    end: datetime
    span: float
    spread: dict[str, int]

    def divided(self, group: list[int]) -> Iterable[list[int]]:
        """Messages of one matter at several places are as many topics."""
        rest = group
        while len(rest) >= SMALLEST:
            place, share = self.place_of(rest)
            if not place:
                break
            here = [each for each in rest if place in self.places[each]]
            if share >= AT_ONE_PLACE:
                elsewhere = self._elsewhere(rest, here, place)
                yield [each for each in rest if each not in elsewhere]
                rest = sorted(elsewhere)
                continue
            if len(here) < SMALLEST or len(here) == len(rest):
                break
            yield here
            rest = [each for each in rest if place not in self.places[each]]
        yield rest

    def _elsewhere(self, group: list[int], here: list[int], place: str) -> set[int]:
        """Those who write the same of another estate or school than `place`, which `here` name.

        Names that some of `here` give too are names of the same place or of its neighbours.
        """
        kind = kind_of(place)
        if kind not in {"homes", "schools"}:
            return set()
        ours = {name for each in here for name in self.places[each]}
        away = set[int]()
        for each in set(group) - set(here):
            named = {name for name in self.places[each] if kind_of(name) == kind}
            if named and not named & ours:
                away.add(each)
        return away

    def brought_together(self, groups: list[list[int]], vectors: Any) -> list[list[int]]:
        """Groups of the same place that are akin are one matter told in different words."""
        groups = sorted(groups, key=lambda group: (-len(group), group))
        means = _means(groups, vectors)
        into: dict[int, list[int]] = {}
        at_place: dict[str, list[int]] = defaultdict(list)
        for at, group in enumerate(groups):
            # A road is long: of what happens along it only the like is one matter.
            places = {place for place in self._agreed(group) if kind_of(place) != "roads"}
            others = sorted({other for place in places for other in at_place[place]})
            near = (other for other in others if means[at].multiply(means[other]).sum() >= AKIN)
            target = next(near, None)
            if target is not None:
                into[target] += group
                continue
            into[at] = list(group)
            for place in places:
                at_place[place].append(at)
        return list(into.values())

    def _agreed(self, group: list[int]) -> set[str]:
        """Names of places which most messages of a group hold."""
        held = Counter(place for each in group for place in self.places[each])
        return {place for place, n in held.items() if n >= AT_ONE_PLACE * len(group)}

    def place_of(self, group: list[int]) -> tuple[str, float]:
        """The place most people of the group name, and their share."""
        people: dict[str, set[str]] = defaultdict(set)
        for each in group:
            for place in self.places[each]:
                people[place].add(self.said[each].who)
        everybody = len({self.said[each].who for each in group})
        counts = {place: len(who) for place, who in people.items()}
        place = settle_place(counts)
        return place, counts.get(place, 0) / everybody

    def area_of(self, group: list[int]) -> tuple[str, float]:
        """The known place most people of the group share, and their share."""
        people: dict[str, set[str]] = defaultdict(set)
        for each in group:
            people[self.said[each].area].add(self.said[each].who)
        everybody = len(set().union(*people.values()))
        people.pop("", None)
        if not people:
            return "", 0.0
        area = min(people, key=lambda name: (-len(people[name]), name))
        return area, len(people[area]) / everybody

    def topic(self, group: list[int]) -> Topic:
        """The group with its heat and its name."""
        members = sorted(group, key=lambda each: (self.said[each].at, each))
        rows = [self.said[each] for each in members]
        place, named = self.place_of(members)
        area, known = self.area_of(members)
        at_place = max(named, known, 1 / len(rows))
        words = self._telling(members, place)
        reactions = sum(max(row.reactions, 0) for row in rows)
        heat = self._weight(rows) * at_place**2 * (1 + 0.1 * math.log1p(reactions))
        shown = place if named >= 0.3 else ""
        return Topic(
            name=" ".join(filter(None, (shown, *words[:3]))) or rows[-1].title[:20],
            members=tuple(members), who=tuple(row.who for row in rows),
            people=len({row.who for row in rows}), heat=round(heat, 3),
            first=rows[0].at, last=rows[-1].at, place=shown, area=area,
            at_place=round(at_place, 3), words=tuple(words), reactions=reactions,
        )  # fmt: skip

    def _weight(self, rows: list[Said]) -> float:
        """People, each by their latest message: 1 at the end of the period, 1/2 at its start."""
        latest: dict[str, datetime] = {}
        for row in rows:
            latest[row.who] = max(row.at, latest.get(row.who, row.at))
        ages = ((self.end - at).total_seconds() / self.span for at in latest.values())
        return math.fsum(0.5 ** min(max(age, 0.0), 1.0) for age in ages)

    def _telling(self, group: list[int], place: str) -> list[str]:
        """Words most of the group use and others do not, none within another or in the place."""
        share = Counter(word for each in group for word in set(self.words[each]))
        scores = {
            word: n / len(group) * math.log(len(self.said) / self.spread[word]) * len(word) ** 0.25
            for word, n in share.items()
            if n > 1 and word in self.spread and not _touches(word, place)
        }
        chosen: list[str] = []
        for word in sorted(scores, key=lambda each: (-scores[each], each)):
            if not any(_touches(word, other) for other in chosen):
                chosen.append(word)
            if len(chosen) == 5:
                break
        return chosen


def _touches(word: str, other: str) -> bool:
    """They share two signs in a row, so that one says nothing beside the other."""
    return any(word[at : at + 2] in other for at in range(len(word) - 1))
