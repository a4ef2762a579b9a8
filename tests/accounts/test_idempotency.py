"""One key, one change: replays, conflicts, crashes and races."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from gridpact.accounts import idempotency
from gridpact.accounts.idempotency import Given, once
from gridpact.accounts.models import IdempotencyKey, RateHit
from gridpact.core import clock
from gridpact.core.access import Refused
from tests.factories.world import World


def write() -> tuple[int, Any]:
    hit = RateHit.objects.create(address="a", scope="test", at=clock.now())
    return 201, {"id": hit.pk, "words": ["一", "二"]}


def test_the_second_call_gets_the_first_answer_and_changes_nothing(db: None) -> None:
    first = once("user:1", "k", "r", write)
    again = once("user:1", "k", "r", write)
    assert first == Given(201, again.body)
    assert again.again
    assert RateHit.objects.count() == 1


def test_another_request_under_the_same_key_is_a_conflict(db: None) -> None:
    once("user:1", "k", "r", write)
    with pytest.raises(Refused) as refused:
        once("user:1", "k", "other", write)
    assert (refused.value.code, refused.value.status) == ("idempotency_conflict", 409)
    assert RateHit.objects.count() == 1


def test_keys_of_different_callers_do_not_meet(db: None) -> None:
    once("user:1", "k", "r", write)
    assert not once("user:2", "k", "r", write).again
    assert RateHit.objects.count() == 2


def test_a_refused_write_leaves_no_key_and_may_be_sent_again(db: None) -> None:
    def refuse() -> tuple[int, Any]:
        write()
        raise Refused("too_many", 429, seconds=1)

    with pytest.raises(Refused):
        once("user:1", "k", "r", refuse)
    assert not RateHit.objects.exists()
    assert not IdempotencyKey.objects.exists()
    assert not once("user:1", "k", "r", write).again


@pytest.mark.parametrize("key", ["", "a b", "ü", "x" * 101, "\x00"])
def test_a_key_is_visible_ascii_of_reasonable_length(db: None, key: str) -> None:
    with pytest.raises(Refused) as refused:
        once("user:1", key, "r", write)
    assert (refused.value.code, refused.value.status) == ("bad_key", 422)


def test_parallel_sendings_of_one_write_change_the_world_once(real_world: World) -> None:
    def send(_number: int) -> Given:
        try:
            return once("user:1", "k", "r", write)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(16)))
    assert RateHit.objects.count() == 1
    assert {answer.body["id"] for answer in answers} == {RateHit.objects.get().pk}
    assert [answer.again for answer in answers].count(False) == 1


def test_a_write_that_runs_too_long_is_reported_as_busy(
    real_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "_WAIT_MS", 100)
    running, release = threading.Event(), threading.Event()

    def slow() -> tuple[int, Any]:
        running.set()
        release.wait(10)
        return write()

    def first() -> Given:
        try:
            return once("user:1", "k", "r", slow)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(first)
        assert running.wait(10)
        with pytest.raises(Refused) as refused:
            once("user:1", "k", "r", write)
        release.set()
        assert not answer.result().again
    assert (refused.value.code, refused.value.status) == ("idempotency_busy", 409)
    assert RateHit.objects.count() == 1
