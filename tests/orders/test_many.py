"""One move on many orders: each on its own, each with its answer, safe to send again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridpact.core.access import Refused
from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.forms import FORMS
from gridpact.orders.forms.many import form_for_many
from gridpact.orders.models import Order, StandardReply
from gridpact.orders.services.many import MANY, MAX_MANY, Batch, kept_results, move_many
from gridpact.orders.views.moves import CALLS
from tests.api import caller
from tests.factories.world import QILIPING, ZHIHE, World
from tests.orders.test_moves import bring
from tests.pages import browser, words

KEY = "3f2b8a52-5e3c-4a0e-9f5e-1d6a2f1c7b10"


def accept(world: World, name: str) -> Any:
    return lambda order: services.accept_order(order, actor=world.actor(name))


def states(*orders: Order) -> list[str]:
    by_pk = dict(Order.objects.values_list("pk", "state"))
    return [by_pk[order.pk] for order in orders]


def test_every_order_gets_its_own_answer_and_refused_ones_stay_as_they_are(world: World) -> None:
    good, moved, theirs = world.order(), bring(world, State.DONE), world.order(cell=QILIPING)
    batch = Batch("accept", [good.number, moved.number, theirs.number, "LG20200101000001"], "k1")
    outcomes = move_many(batch, accept(world, "zhihe"), actor=world.actor("zhihe"))
    assert [one.done for one in outcomes] == [True, False, False, False]
    assert [one.code for one in outcomes] == ["", "wrong_state", "not_found", "not_found"]
    assert states(good, moved, theirs) == [State.ACCEPTED, State.DONE, State.SUBMITTED]
    assert outcomes[2].title == ""


def test_a_batch_sent_again_does_nothing_twice_and_tries_the_refused_again(world: World) -> None:
    done, other = world.order(), bring(world, State.CLOSED)
    actor = world.actor("zhihe")
    batch = Batch("accept", [done.number, other.number], "k2")
    first = move_many(batch, accept(world, "zhihe"), actor=actor)
    Order.objects.filter(pk=other.pk).update(state=State.SUBMITTED)
    second = move_many(batch, accept(world, "zhihe"), actor=actor)
    assert [one.done for one in first] == [True, False]
    assert [one.done for one in second] == [True, True]
    assert done.log.filter(verb="accept").count() == 1
    assert [one.done for one in kept_results("k2", actor=actor)[1]] == [True, True]


def test_a_key_used_for_something_else_changes_nothing(world: World) -> None:
    order = world.order()
    actor = world.actor("zhihe")
    move_many(Batch("accept", [order.number], "k3"), accept(world, "zhihe"), actor=actor)
    again = Batch("close", [order.number], "k3")
    outcome = move_many(again, lambda one: services.close_order(one, actor=actor), actor=actor)[0]
    assert (outcome.done, outcome.code) == (False, "idempotency_conflict")


@pytest.mark.parametrize(
    ("verb", "numbers", "code"),
    [
        ("accept", [], "nothing_picked"),
        ("accept", [f"LG{n}" for n in range(MAX_MANY + 1)], "too_many_picked"),
        ("finish", ["LG1"], "unknown_move"),
        ("drop", ["LG1"], "unknown_move"),
    ],
)
def test_wrong_batches_are_refused_as_a_whole(
    world: World, verb: str, numbers: list[str], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        move_many(Batch(verb, numbers, "k4"), lambda order: order, actor=world.actor("zhihe"))
    assert refused.value.code == code


def test_the_list_offers_the_moves_its_rows_allow(world: World) -> None:
    world.order()
    bring(world, State.ACCEPTED)
    page = browser(world, "zhihe").get("/orders/")
    assert [action.value for action in page.context["bulk"]][:3] == ["accept", "reject", "triage"]
    assert [row.moves.split()[0] for row in page.context["rows"]] == ["accept", "triage"]
    assert browser(world, "unit").get("/orders/?queue=all").context["bulk"] == []


def test_a_bulk_form_shows_the_orders_then_makes_the_moves_once(world: World) -> None:
    one, two = bring(world, State.ACCEPTED), bring(world, State.ACCEPTED)
    late = bring(world, State.DONE)
    client = browser(world, "zhihe")
    picks = {"verb": "triage", "pick": [one.number, two.number, late.number]}
    page = client.post("/orders/bulk", picks)
    assert (page.context["count"], page.context["possible"]) == (3, 2)
    body = {**picks, "go": "1", "key": KEY, "klass": "EASY", "reason": "社区可办"}
    for _ in range(2):
        answer = client.post("/orders/bulk", body)
        assert answer["Location"] == f"/orders/bulk/{KEY}"
    assert one.log.filter(verb="triage").count() == 1
    assert states(one, two, late) == [State.TRIAGED, State.TRIAGED, State.DONE]
    done = client.get(f"/orders/bulk/{KEY}")
    assert (done.context["results"].done, done.context["results"].refused) == (2, 1)
    assert "done, to be verified" in words(done) or late.number in words(done)
    assert browser(world, "neighbour").get(f"/orders/bulk/{KEY}").status_code == 404


def test_a_bulk_form_that_lacks_something_comes_back_with_its_picks(world: World) -> None:
    order = bring(world, State.ACCEPTED)
    body = {"verb": "triage", "pick": [order.number], "go": "1", "key": KEY, "klass": "EASY"}
    page = browser(world, "zhihe").post("/orders/bulk", body)
    assert page.status_code == 422
    assert page.context["numbers"] == [order.number]
    assert page.context["key"] == KEY
    assert states(order) == [State.ACCEPTED]


def test_dispatching_many_offers_the_receivers_of_the_place_they_share(world: World) -> None:
    orders = [bring(world, State.TRIAGED), bring(world, State.TRIAGED)]
    client = browser(world, "zhihe")
    picks = {"verb": "dispatch", "pick": [order.number for order in orders]}
    receiver = f"post:{world.post('worker').pk}"
    form = client.post("/orders/bulk", picks).context["form"]
    offered = [key for _, group in form.fields["to"].choices[1:] for key, _ in group]
    assert receiver in offered
    client.post("/orders/bulk", {**picks, "go": "1", "key": KEY, "to": receiver})
    assert states(*orders) == [State.DISPATCHED, State.DISPATCHED]


def test_the_whole_filtered_list_can_be_picked(world: World) -> None:
    orders = [world.order() for _ in range(3)]
    body = {"verb": "accept", "whole": "1", "query": "queue=accept"}
    page = browser(world, "zhihe").post("/orders/bulk", body)
    assert sorted(page.context["numbers"]) == sorted(order.number for order in orders)


def test_the_whole_list_of_a_filter_that_is_not_understood_is_not_moved(world: World) -> None:
    order = world.order()
    body = {"verb": "accept", "whole": "1", "query": "queue=accept&cell=999", "go": "1"}
    assert browser(world, "zhihe").post("/orders/bulk", {**body, "key": KEY}).status_code == 422
    assert states(order) == [State.SUBMITTED]


def test_picks_out_of_sight_and_unknown_moves_are_nothing(world: World) -> None:
    order = world.order()
    client = browser(world, "neighbour")
    page = client.post("/orders/bulk", {"verb": "accept", "pick": [order.number]})
    assert page.status_code == 422
    assert order.title not in words(page)
    assert client.post("/orders/bulk", {"verb": "finish"}).status_code == 404


def test_a_program_makes_a_move_on_many_and_reads_each_result(world: World) -> None:
    good, late = world.order(), bring(world, State.DONE)
    program = caller(world, "zhihe")
    body = {"verb": "accept", "numbers": [good.number, late.number], "note": "一起收下"}
    first = program.post("/api/v1/orders/bulk", body, **{"Idempotency-Key": "mine-1"})
    again = program.post("/api/v1/orders/bulk", body, **{"Idempotency-Key": "mine-1"})
    assert first.status_code == 200
    assert (first.json()["done"], first.json()["refused"]) == (1, 1)
    assert first.json()["rows"][1]["code"] == "wrong_state"
    assert again.json()["done"] == 1
    assert good.log.filter(verb="accept").count() == 1
    wrong = program.post("/api/v1/orders/bulk", {"verb": "drop", "numbers": ["LG1"]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown_move")
    assert caller(world, "neighbour").post("/api/v1/orders/bulk", body).json()["done"] == 0


def test_a_list_asks_no_query_more_for_its_bar(world: World) -> None:
    client = browser(world, "zhihe")
    world.order()
    client.get("/orders/")
    with CaptureQueriesContext(connection) as one:
        client.get("/orders/")
    for _ in range(4):
        world.order()
        bring(world, State.TRIAGED)
    with CaptureQueriesContext(connection) as many:
        client.get("/orders/")
    assert len(many) == len(one)


@pytest.mark.parametrize("verb", [verb for verb in MANY if verb in FORMS])
def test_every_move_on_many_has_a_form_that_needs_no_single_order(world: World, verb: str) -> None:
    orders = [bring(world, State.HANDLING), world.order(cell=ZHIHE)]
    form = form_for_many(verb, orders, actor=world.actor("district"))
    assert "<" in form.as_p()
    assert verb in CALLS


def handled(world: World, klass: str) -> Order:
    return bring(world, State.HANDLING, klass)


def extend(world: World, orders: list[Order], days: str) -> dict[str, str]:
    """{number: code of its refusal, empty when done}, by the page."""
    body = {
        "verb": "extend", "pick": [order.number for order in orders], "days": days,
        "reason": "等材料", "go": "1", "key": KEY,
    }  # fmt: skip
    client = browser(world, "zhihe")
    form = client.post("/orders/bulk", {**body, "go": ""}).context["form"]
    assert form.fields["days"].widget.attrs["max"] == 10  # of the public matter
    assert client.post("/orders/bulk", body).status_code == 302
    return {row.number: row.code for row in kept_results(KEY, actor=world.actor("zhihe"))[1]}


def test_more_time_for_many_is_measured_by_each_order_s_own_limit(world: World) -> None:
    easy, public = handled(world, "EASY"), handled(world, "PUBLIC")
    assert extend(world, [easy, public], "8") == {
        easy.number: "extension_long",
        public.number: "",
    }
    public.refresh_from_db()
    assert public.extra_minutes == 8 * 420


def test_more_time_for_many_without_days_is_what_each_handler_asked_for(world: World) -> None:
    asked, silent = handled(world, "PUBLIC"), handled(world, "PUBLIC")
    services.ask_extension(asked, actor=world.actor("worker"), days=4, reason="等材料")
    assert extend(world, [asked, silent], "") == {
        asked.number: "",
        silent.number: "no_extension_asked",
    }
    asked.refresh_from_db()
    assert asked.extra_minutes == 4 * 420


def test_a_standard_reply_for_many_speaks_of_each_order(world: World) -> None:
    StandardReply.objects.create(code="r9", use="REJECT", title="另办", text="{单号}请到窗口办。")
    orders = [world.order("路灯"), world.order("井盖")]
    body = {
        "verb": "reject", "pick": [order.number for order in orders], "standard": "r9", "go": "1",
        "key": KEY,
    }  # fmt: skip
    assert browser(world, "zhihe").post("/orders/bulk", body).status_code == 302
    for order in orders:
        assert order.log.get(verb="reject").text == f"{order.number}请到窗口办。"


def test_a_reply_that_is_no_longer_used_is_not_offered_for_one_order(world: World) -> None:
    order = world.order()
    StandardReply.objects.filter(code="R3").update(is_active=False)
    form = browser(world, "zhihe").get(f"/orders/{order.number}/reject").context["form"]
    assert [code for code, _text in form.fields["standard"].choices] == ["", "R1", "R2", "R4", "R5"]
