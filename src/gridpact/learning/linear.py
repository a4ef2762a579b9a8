"""A trained linear model without its trainer: weights, classes, confidence, bytes and digest."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_TEMPERATURES = np.geomspace(0.05, 5.0, 60)


@dataclass(frozen=True, slots=True)
class Guess:
    """A class and how sure the model is, 0 to 1."""

    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Linear:
    """One column of weights for each class; `temperature` turns scores into honest confidence.

    weights: features × classes, kept in half precision; bias: one number for each class.
    """

    classes: tuple[str, ...]
    weights: NDArray[np.float16]
    bias: Floats
    temperature: float = 1.0

    def scores(self, where: NDArray[np.int64], values: Floats) -> Floats:
        """The score of each class for one row given by its features."""
        rows = self.weights[where].astype(np.float32)
        return np.asarray(values @ rows + self.bias, dtype=np.float32)

    def confidences(self, scores: Floats) -> NDArray[np.float64]:
        """Scores of one row or of many as shares that add up to 1."""
        return shares(scores, self.temperature)

    def best(self, scores: Floats, most: int) -> list[Guess]:
        """The likeliest classes, the first first; equal ones in the order of their names."""
        found = self.confidences(scores)
        order = np.argsort(-found, kind="stable")[:most]
        return [Guess(self.classes[i], float(found[i])) for i in order]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is kept of it."""
        return {
            "classes": packed(self.classes),
            "weights": self.weights,
            "bias": self.bias,
            "temperature": np.array([self.temperature]),
        }

    @classmethod
    def of(cls, arrays: Any) -> Self:
        """From what was kept."""
        return cls(
            unpacked(arrays["classes"]),
            arrays["weights"],
            arrays["bias"],
            float(arrays["temperature"][0]),
        )


def shares(scores: Any, temperature: float) -> NDArray[np.float64]:
    """Softmax along the last axis."""
    scaled = np.asarray(scores, np.float64) / temperature
    raised = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def fitted_temperature(scores: Any, right: NDArray[np.int64]) -> float:
    """The temperature under which held-back answers were the least surprising; 1 without any.

    right: the column of the true class of each row; rows with a class unknown are left out before.
    """
    if not len(right):
        return 1.0
    rows = np.arange(len(right))
    losses = [
        -np.log(np.maximum(shares(scores, each)[rows, right], 1e-12)).mean()
        for each in _TEMPERATURES
    ]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def packed(texts: Sequence[str]) -> NDArray[np.uint8]:
    """Texts as one array of bytes, without pickling."""
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


def unpacked(array: NDArray[np.uint8]) -> tuple[str, ...]:
    """The texts of `packed`."""
    return tuple(array.tobytes().decode().split("\n")) if array.size else ()


def as_bytes(arrays: dict[str, NDArray[Any]]) -> bytes:
    """Arrays as one file; equal arrays give equal bytes."""
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **dict(sorted(arrays.items())))
    return out.getvalue()


def from_bytes(blob: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of `as_bytes`; ValueError for what is not such a file."""
    with np.load(io.BytesIO(blob), allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


def digest(blob: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(blob).hexdigest()
