"""Training: the only module that needs scikit-learn, loaded by the worker and the command line.

Equal data give equal models: rows are sorted, seeds are fixed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from gridpact.learning.feature_model import (
    Facts,
    FeatureModel,
    feature_names,
    known,
    label_places,
)
from gridpact.learning.linear import Linear, fitted_temperature
from gridpact.learning.ngrams import once, plain, rarity, vocabulary, weighed
from gridpact.learning.text_model import TextModel

MANY = 20_000  # rows from which the trainer goes through them a fixed number of times
FEW = 50  # rows up to which an n-gram or fact counts when it was seen once
_PASSES = 3
_STEPS = 40  # as many as change an answer; the trainer would go on for the third decimal


def fit_text(rows: Sequence[tuple[str, str]], *, temperature: float = 1.0) -> TextModel:
    """A model of (text, label) rows; a text copied with the same label weighs once.

    A linear support vector machine on n-grams, each class weighed by how rare it is.
    ValueError without any row.
    """
    clean = once((plain(text), label) for text, label in rows)
    if not clean:
        raise ValueError("nothing to learn from")
    texts = [text for text, _label in clean]
    keys, held = vocabulary(texts, least=1 if len(texts) < FEW else 2)
    idf = rarity(held, len(texts))
    table = _table([weighed(text, keys, idf) for text in texts], len(keys))
    classes, right = label_places([label for _text, label in clean])
    if len(texts) <= MANY:
        made: Any = LinearSVC(class_weight="balanced", random_state=0)
    else:
        made = SGDClassifier(
            alpha=1 / len(texts), class_weight="balanced", max_iter=_PASSES, tol=None,
            random_state=0,
        )  # fmt: skip
    return TextModel(keys, idf, _linear(made, table, classes, right, temperature))


def fit_facts(rows: Sequence[tuple[Facts, str]], *, temperature: float = 1.0) -> FeatureModel:
    """A model of (facts, class) rows: logistic regression over facts and their pairs.

    ValueError without any row.
    """
    if not rows:
        raise ValueError("nothing to learn from")
    sorted_rows = sorted(rows, key=lambda row: (sorted(row[0].items()), row[1]))
    least = 1 if len(rows) <= MANY else 3
    names = feature_names((facts for facts, _label in sorted_rows), least=least)
    places = {name: at for at, name in enumerate(names)}
    found = [known(facts, places) for facts, _label in sorted_rows]
    table = _table([(where, np.ones(len(where), np.float32)) for where in found], len(names))
    classes, right = label_places([label for _facts, label in sorted_rows])
    made = LogisticRegression(C=0.5, tol=1e-3, max_iter=_STEPS)
    return FeatureModel(names, _linear(made, table, classes, right, temperature))


def calibrated(
    score: Callable[[Any], NDArray[np.float32]],
    classes: Sequence[str],
    held_back: Sequence[tuple[Any, str]],
) -> float:
    """The temperature that makes confidence honest on rows the model has not seen."""
    places = {label: at for at, label in enumerate(classes)}
    rows = [(score(given), places[label]) for given, label in held_back if label in places]
    scores = np.array([each for each, _at in rows])
    return fitted_temperature(scores, np.array([at for _score, at in rows], np.int64))


def _linear(
    made: Any,
    table: csr_matrix,
    classes: tuple[str, ...],
    right: NDArray[np.int64],
    temperature: float,
) -> Linear:
    width = table.shape[1]
    if len(classes) == 1 or not width:
        share = np.bincount(right, minlength=len(classes)) / len(right)
        empty = np.zeros((width, len(classes)), np.float16)
        return Linear(classes, empty, np.log(share).astype(np.float32), temperature)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        # One thread: two quarrel over two cores that serve people too, and sums stay in order.
        with threadpool_limits(1):
            made.fit(table, right)
    weights, bias = made.coef_, made.intercept_
    if len(classes) == 2:  # one column then tells both apart
        weights, bias = np.vstack([-weights / 2, weights / 2]), np.array([-bias[0], bias[0]]) / 2
    return Linear(
        classes, np.ascontiguousarray(weights.T, np.float16), bias.astype(np.float32), temperature
    )


def _table(rows: list[tuple[NDArray[np.int64], NDArray[np.float32]]], width: int) -> csr_matrix:
    ends = np.cumsum([0, *(len(where) for where, _values in rows)])
    where = np.concatenate([each for each, _values in rows]).astype(np.int32)
    values = np.concatenate([each for _where, each in rows])
    return csr_matrix((values, where, ends), shape=(len(rows), width))
