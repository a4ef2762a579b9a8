from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

import pytest

from gridpact.core.clock import LOCAL
from gridpact.core.worktime import Office
from gridpact.demo.programme import PROGRAMME, Sort, Timing, route
from gridpact.orders.choices import MOVES, State


def cases() -> Iterator[tuple[Sort, int, State]]:
    for sort in PROGRAMME:
        for index in range(0, sort.count, 7):
            yield sort, index, sort.end


def after(verb: str, state: str, *, to_come: list[str], returns: int) -> str:
    """The next state: a second return goes up, an unhappy rating sends it back to be done again."""
    if verb == "return" and returns == 2:
        return "ESCALATED"
    if verb == "rate" and to_come:
        return "HANDLING"
    return MOVES[verb].to or state


def test_every_route_follows_the_table_of_moves_to_its_end() -> None:
    for sort, index, end in cases():
        verbs, state = route(sort, index, end), "SUBMITTED"
        for position, verb in enumerate(verbs):
            assert state in MOVES[verb].sources, (sort, verb, state)
            returns = verbs[: position + 1].count("return")
            state = after(verb, state, to_come=verbs[position + 1 :], returns=returns)
        assert state == end


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 1, 1, 0, 20, tzinfo=LOCAL),
        datetime(2026, 1, 5, 9, 0, tzinfo=LOCAL),
        datetime(2026, 6, 30, 23, 0, tzinfo=LOCAL),
        datetime(2027, 2, 14, 12, 0, tzinfo=LOCAL),
    ],
)
def test_every_life_lies_in_this_year_and_in_the_past(db: None, now: datetime) -> None:
    days = {date(now.year, 1, 1) + timedelta(days=n): n % 7 < 5 for n in range(365)}
    timing = Timing(now, Office(days), Random(7))
    for sort, index, end in cases():
        times = timing.moments(route(sort, index, end), sort.klass, end)
        assert times == sorted(times)
        assert times[0].astimezone(LOCAL).year == now.year
        assert times[-1] <= now


def test_no_offer_of_the_demo_is_over_when_it_starts(db: None) -> None:
    now = datetime(2026, 11, 24, 9, 0, tzinfo=LOCAL)
    days = {date(now.year, 1, 1) + timedelta(days=n): n % 7 < 5 for n in range(365)}
    timing = Timing(now, Office(days), Random(7))
    offers = [each for each in cases() if each[2] is State.OFFERED]
    for sort, index, end in offers * 40:
        offered = timing.moments(route(sort, index, end), sort.klass, end)[-1]
        assert offered + timedelta(days=15) > now
