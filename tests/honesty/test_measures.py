"""Metres, quantiles, prints of answers and runs in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gridpact.honesty.measures import answer_print, densest, metres, quantile


def test_metres_along_and_across() -> None:
    assert metres(110.0, 25.0, 110.0, 25.01) == pytest.approx(1113, abs=2)
    assert metres(110.0, 25.0, 110.01, 25.0) == pytest.approx(1009, abs=2)


def test_quantiles_lie_between_neighbours() -> None:
    assert quantile([10, 30, 20], 50) == 20
    assert quantile([10, 20], 50) == 15
    assert quantile([7], 5) == 7


def test_an_answer_is_the_same_whatever_its_digits_and_points() -> None:
    assert answer_print("已修好,3楼亮了。") == answer_print("已修好，４楼亮了")
    assert answer_print("已修好") != answer_print("未修好")


def test_the_densest_run_within_a_span() -> None:
    start = datetime(2026, 11, 24, tzinfo=UTC)
    moments = [start + timedelta(minutes=m) for m in (0, 30, 31, 32, 60)]
    assert densest(moments, timedelta(minutes=10)) == (1, 4)
    assert densest([], timedelta(minutes=10)) == (0, 0)
