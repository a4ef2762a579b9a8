"""The demo asks some questions of each kind, and the worker goes on from there."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

from gridpact.core import clock
from gridpact.core.access import system
from gridpact.demo.build import build_demo
from gridpact.honesty.choices import Kind, Standing, Verdict
from gridpact.honesty.models import Question
from gridpact.honesty.services import ask_batch
from tests.conftest import _empty_all_tables


def test_some_questions_of_each_kind_and_none_by_the_way(
    db: None, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings
    _empty_all_tables()
    build_demo(password="nine wooden bridges")
    kinds = Counter(Question.objects.values_list("kind", flat=True))
    # Who passes whose work within minutes is nothing the demo plays.
    assert set(kinds) == set(Kind.values) - {Kind.PAIR}
    # How many close together and how many call-backs follow each other depends on the hour.
    by_hour = {Kind.CALLS, Kind.MASS}
    for kind in set(kinds) - by_hour:
        assert kinds[kind] == 2, kind
    assert all(1 <= kinds[kind] <= 8 for kind in by_hour)
    for question in Question.objects.filter(kind=Kind.PHOTO):
        assert len(question.evidence["pairs"]) == 1
    assert set(Question.objects.values_list("state", flat=True)) == set(Standing.values)
    assert Question.objects.filter(verdict=Verdict.NOT_FINE).count() == 1
    before = Question.objects.count()
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        while ask_batch(actor=system("clock")):
            pass
    assert Question.objects.count() == before
