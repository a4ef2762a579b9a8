"""Who most likely solves a matter, learnt from facts such as category and place in pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gridpact.learning.linear import Guess, Linear, as_bytes, from_bytes, packed, unpacked

MAX_FEATURES = 1 << 16
Facts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FeatureModel:
    """Sorted names of features, and a linear model over them."""

    names: tuple[str, ...]
    linear: Linear
    places: dict[str, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Names by place, for reading facts."""
        self.places.update((name, at) for at, name in enumerate(self.names))

    def scores(self, facts: Facts) -> NDArray[np.float32]:
        """The score of each class of `linear.classes`."""
        where = known(facts, self.places)
        return self.linear.scores(where, np.ones(len(where), np.float32))

    def guess(self, facts: Facts, most: int = 3) -> list[Guess]:
        """The likeliest classes; none when nothing of the facts was ever seen."""
        if not len(known(facts, self.places)):
            return []
        return self.linear.best(self.scores(facts), most)

    def reasons(self, facts: Facts, label: str, most: int = 3) -> list[str]:
        """The features (`name=value`, pairs with `|`) that speak most for a class."""
        if label not in self.linear.classes:
            return []
        where = known(facts, self.places)
        power = self.linear.weights[where, self.linear.classes.index(label)]
        order = np.argsort(-power, kind="stable")[:most]
        return [self.names[int(where[at])] for at in order if power[at] > 0]

    def to_bytes(self) -> bytes:
        """The model as one file; the same model gives the same bytes."""
        return as_bytes({"names": packed(self.names), **self.linear.arrays()})

    @classmethod
    def from_bytes(cls, blob: bytes) -> Self:
        """The model of `to_bytes`."""
        arrays = from_bytes(blob)
        return cls(unpacked(arrays["names"]), Linear.of(arrays))


def features(facts: Facts) -> list[str]:
    """Each fact by itself and with each other one; facts without a value say nothing."""
    single = [f"{name}={' '.join(value.split())}" for name, value in sorted(facts.items()) if value]
    return [*single, *(f"{one}|{other}" for one, other in combinations(single, 2))]


def known(facts: Facts, places: Mapping[str, int]) -> NDArray[np.int64]:
    """The places of those features of the facts that have one, sorted."""
    found = (places.get(name) for name in features(facts))
    return np.array(sorted(at for at in found if at is not None), np.int64)


def feature_names(rows: Iterable[Facts], *, least: int) -> tuple[str, ...]:
    """Features that stand in at least `least` rows, sorted; the commonest when there are many."""
    held: Counter[str] = Counter()
    for facts in rows:
        held.update(features(facts))
    often = [(name, count) for name, count in held.items() if count >= least]
    often.sort(key=lambda each: (-each[1], each[0]))
    return tuple(sorted(name for name, _count in often[:MAX_FEATURES]))


def label_places(labels: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The classes, sorted, and the place of each label among them."""
    classes = tuple(sorted(set(labels)))
    places = {label: at for at, label in enumerate(classes)}
    return classes, np.array([places[label] for label in labels], np.int64)
