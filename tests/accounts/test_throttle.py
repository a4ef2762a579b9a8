"""Limits on public writes, counted per address and scope across processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

from gridpact.accounts.models import RateHit
from gridpact.accounts.throttle import check_public_write, check_tries, count_try, limit_of
from gridpact.core import clock
from gridpact.core.access import Refused
from tests.factories.world import World


def request_from(address: str) -> HttpRequest:
    return RequestFactory().post("/", REMOTE_ADDR=address)


def test_the_write_above_the_limit_is_told_how_long_to_wait(db: None, settings: Settings) -> None:
    settings.PUBLIC_WRITES_PER_MINUTE = 3
    start = clock.now()
    for second in range(3):
        with clock.frozen(start + timedelta(seconds=second)):
            check_public_write(request_from("10.0.0.1"), "orders")
    with clock.frozen(start + timedelta(seconds=20)), pytest.raises(Refused) as refused:
        check_public_write(request_from("10.0.0.1"), "orders")
    assert (refused.value.code, refused.value.status) == ("too_many", 429)
    assert refused.value.params["seconds"] == 40
    check_public_write(request_from("10.0.0.2"), "orders")
    with clock.frozen(start + timedelta(seconds=61)):
        check_public_write(request_from("10.0.0.1"), "orders")


def test_own_addresses_place_orders_freely_but_upload_like_everyone(
    db: None, settings: Settings
) -> None:
    settings.PUBLIC_WRITES_PER_MINUTE = 1
    settings.RATE_EXEMPT = ["10.0.0.1"]
    for _ in range(3):
        check_public_write(request_from("10.0.0.1"), "orders")
    assert not RateHit.objects.exists()
    check_public_write(request_from("10.0.0.1"), "uploads")
    assert RateHit.objects.get().scope == "uploads"


def test_only_wrong_tries_count(db: None) -> None:
    here = request_from("10.0.0.1")
    most, _seconds = limit_of("codes")
    for _ in range(most):
        check_tries(here, "codes")
        count_try(here, "codes")
    with pytest.raises(Refused) as refused:
        check_tries(here, "codes")
    assert refused.value.status == 429


def test_an_unknown_scope_is_a_mistake_of_the_program(db: None) -> None:
    with pytest.raises(KeyError):
        limit_of("letters")


def test_parallel_writes_never_pass_the_limit(real_world: World, settings: Settings) -> None:
    settings.PUBLIC_WRITES_PER_MINUTE = 5

    def write(_number: int) -> bool:
        try:
            check_public_write(request_from("10.0.0.1"), "orders")
        except Refused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        passed = list(pool.map(write, range(20)))
    assert passed.count(True) == RateHit.objects.count() == 5
