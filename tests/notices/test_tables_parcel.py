"""The parcel view: stops, limits and what happened."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from gridpact.core import clock
from gridpact.core.worktime import DAY_MINUTES, Limit
from gridpact.notices.selectors.follow import followed, reporter_of
from gridpact.notices.tables import parcel
from gridpact.orders import services
from gridpact.orders.models import Order
from tests.factories.world import World
from tests.notices.conftest import STAGES, Advance


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


def states(order: Order, world: World) -> str:
    """One letter a stop: d done, n now, x next, f failed."""
    seen = followed(order, world.reporter(order))
    letter = {"done": "d", "now": "n", "next": "x", "failed": "f"}
    return "".join(letter[stop.state] for stop in parcel.stops(seen))


def test_each_stage_reaches_its_stop(world: World, advance: Advance) -> None:
    assert states(world.order(), world) == "dnxxxx"
    reached = [states(advance(world.order(), stage), world) for stage in STAGES]
    assert reached == [
        "ddnxxx", "ddnxxx", "ddnxxx", "dddnxx", "dddnxx", "ddddnx", "dddddn",
    ]  # fmt: skip


def test_a_rated_order_has_every_stop_behind_it(world: World, advance: Advance) -> None:
    order = advance(world.order(), "verified")
    rated = services.rate_order(
        order, actor=world.reporter(order), solved=True, satisfaction="satisfied"
    )
    assert states(rated, world) == "dddddd"


def test_a_refused_order_ends_with_the_reason(world: World) -> None:
    order = services.reject_order(world.order(), actor=world.actor("zhihe"), reason="不属本区")
    placed, end = parcel.stops(followed(order, world.reporter(order)))
    assert (placed.state, end.state, end.text) == ("done", "failed", "不属本区")
    assert end.who == "致和社区 总网格长 z**"


def test_the_present_stop_shows_its_clock_and_the_next_ones_their_limit(
    world: World, advance: Advance
) -> None:
    order = advance(world.order(), "triaged", klass="EASY")
    stops = parcel.stops(followed(order, world.reporter(order)))
    assert stops[2].limit == order.due_at
    assert [stop.text for stop in stops[3:]] == [
        "within 3 working days", "within 2 working days", "within 14 days",
    ]  # fmt: skip


def test_the_resident_has_their_own_days_for_rating_not_the_desks(
    world: World, advance: Advance
) -> None:
    order = advance(world.order(), "verified")
    rating = parcel.stops(followed(order, world.reporter(order)))[-1]
    assert order.due_at is not None  # the desk's clock for calling back runs
    assert (rating.state, rating.limit, rating.text) == ("now", None, "within 14 days")
    services.rate_order(order, actor=world.reporter(order), solved=True, satisfaction="satisfied")
    order = Order.objects.with_parts().get(pk=order.pk)
    rated = parcel.stops(followed(order, world.reporter(order)))[-1]
    assert (rated.state, rated.text) == ("done", "")


def test_a_merged_order_is_no_failure(world: World) -> None:
    order, other = world.order(), world.order()
    merged = services.merge_order(
        order, actor=world.actor("zhihe"), into=other.number, reason="同一件事"
    )
    end = parcel.stops(followed(merged, world.reporter(merged)))[-1]
    assert (end.state, str(end.label)) == ("done", "Put together with the same matter")


def test_a_parked_order_says_why_it_waits(world: World, advance: Advance) -> None:
    order = advance(world.order(), "started", klass="HARD")
    assert parcel.parked(followed(order, world.reporter(order))) == ""
    order = services.suspend_order(order, actor=world.actor("zhihe"), reason="等规划")
    said = parcel.parked(followed(order, world.reporter(order)))
    assert "等规划" in said
    assert said == order.log.get(verb="suspend").told


def test_a_stop_says_whether_its_limit_was_kept(world: World) -> None:
    head = world.actor("zhihe")
    order = world.order()
    with clock.frozen(clock.now() + timedelta(days=9)):
        late = services.accept_order(order, actor=head)
        soon = services.accept_order(world.order(), actor=head)
        texts = [parcel.stops(followed(one, world.reporter(one)))[1].text for one in (late, soon)]
    assert [text.split(" · ")[0] for text in texts] == ["later than the limit", "on time"]
    assert all("limit " in text for text in texts)


@pytest.mark.parametrize(
    "limit, words",
    [
        (Limit(120), "within 2 working hours"),
        (Limit(60), "within 1 working hour"),
        (Limit(3 * DAY_MINUTES), "within 3 working days"),
        (Limit(24 * 60, clock=True), "within 24 hours"),
        (Limit(15 * 24 * 60, clock=True), "within 15 days"),
    ],
)
def test_limits_are_said_as_people_say_them(limit: Limit, words: str) -> None:
    assert parcel.limit_words(limit) == words


def test_the_timeline_names_posts_and_hides_persons(world: World, advance: Advance) -> None:
    order = advance(world.order(), "verified")
    entries = parcel.entries(followed(order, world.actor("resident")))
    who = [str(entry.who) for entry in reversed(entries)]
    assert who[0] == "reporter"
    assert who[1] == "致和社区 总网格长 z**"
    assert who[4] == "城市管理局 d**"
    assert all("甲" not in name for name in who)


def test_a_reopening_is_said_to_be_automatic(world: World, advance: Advance) -> None:
    order = advance(world.order(), "verified")
    services.rate_order(
        order, actor=world.reporter(order), solved=False, satisfaction="unsatisfied"
    )
    order = Order.objects.with_parts().get(pk=order.pk)
    newest = parcel.entries(followed(order, world.reporter(order)))[0]
    assert newest.who == "automatic"
    assert states(order, world) == "dddnxx"


def test_the_holder_of_a_receipt_keeps_an_accounts_name(world: World) -> None:
    order = world.order()
    stranger = reporter_of(order, world.actor("resident"))
    assert (stranger.kind, stranger.name, stranger.user_id) == ("reporter", "reporter", None)
    known = reporter_of(order, world.actor("volunteer"))
    assert (known.kind, known.user_id) == ("user", world.users["volunteer"].pk)
    assert f"reporter:{order.pk}" in known.own_rights
