"""What a resident's program may send: good orders, bad input, wrong codes, the same thing twice."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from pytest_django import Settings

from gridpact.accounts.models import IdempotencyKey
from gridpact.core.access import Actor
from gridpact.notify.models import Outbox
from gridpact.orders import services
from gridpact.orders.models import Claim, Order
from gridpact.orgs.models import OrgMember
from tests.api import Caller, anyone, caller
from tests.factories.world import GRID, MICRO, UNIT, ZHIHE, World

URL = "/api/v1/public/orders"
GOOD: dict[str, Any] = {
    "text": "路灯坏了",
    "location": {"lon": 110.105, "lat": 25.11},
    "contact": {"phone": "13800001234"},
}


def test_an_order_is_found_by_point_by_cell_and_by_address(world: World) -> None:
    public = anyone()
    place = {key: GOOD[key] for key in ("text", "contact")}
    assert public.post(URL, GOOD).json()["cell"]["code"] == UNIT
    assert public.post(URL, {**place, "cell": ZHIHE}).json()["cell"]["code"] == ZHIHE
    addressed = public.post(URL, {**place, "address": "致和社区广场"})
    assert addressed.json()["cell"]["name"] == "致和社区"


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"text": ""}, 422, "text"),
        ({"text": " \n "}, 422, "text"),
        ({"text": None}, 422, "text"),
        ({"text": 5}, 422, "text"),
        ({"text": "长" * 5001}, 422, "text"),
        ({"text": "nul\u0000"}, 422, "text"),
        ({"title": "bell\u0007"}, 422, "title"),
        ({"kind": "GOSSIP"}, 422, "kind"),
        ({"location": {"lon": 116.4, "lat": 39.9}}, 422, "location"),
        ({"location": {"lon": 999, "lat": 25}}, 422, "location"),
        ({"location": {"lon": "east", "lat": 25}}, 422, "location.lon"),
        ({"location": {"lon": 110.1, "lat": 25.1, "datum": "mars"}}, 422, "location.datum"),
        ({"location": [110.1, 25.1]}, 422, "location"),
        ({"location": None}, 422, "location"),
        ({"location": None, "cell": "nowhere"}, 422, "cell"),
        ({"contact": {"phone": "call me"}}, 422, "contact.phone"),
        ({"contact": {}}, 422, "contact.phone"),
        ({"photos": ["nope"]}, 422, "photos.0"),
        ({"photos": "nope"}, 422, "photos"),
    ],
)
def test_bad_input_names_its_field_and_nothing_is_half_saved(
    world: World, change: dict[str, Any], status: int, field: str
) -> None:
    answer = anyone().post(URL, {**GOOD, **change})
    assert answer.status_code == status
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Order.objects.exists()
    assert not Outbox.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "json_broken"),
        (b"\xff\xfe", 400, "json_broken"),
        (b"[" * 100_000, 400, "json_broken"),
        (b'{"text": "' + b"x" * 10_000_000 + b'"}', 413, "body_large"),
    ],
)
def test_a_broken_or_huge_body_is_refused(
    world: World, body: bytes, status: int, code: str
) -> None:
    answer = Client().post(URL, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Order.objects.exists()


def test_script_in_a_text_is_kept_as_text(world: World) -> None:
    text = "<script>alert(1)</script> 路灯"
    number = anyone().post(URL, {**GOOD, "text": text}).json()["number"]
    assert Order.objects.get(number=number).text == text


def test_the_same_key_twice_makes_one_order(world: World) -> None:
    public = anyone()
    first = public.post(URL, GOOD, **{"Idempotency-Key": "abc"})
    again = public.post(URL, GOOD, **{"Idempotency-Key": "abc"})
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert Order.objects.count() == 1
    other = public.post(URL, {**GOOD, "text": "别的事"}, **{"Idempotency-Key": "abc"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    assert Order.objects.count() == 1


def test_placing_an_order_always_costs_the_same_queries(
    world: World, django_assert_num_queries: Any
) -> None:
    public = anyone()
    public.post(URL, GOOD)
    for _ in range(2):
        with django_assert_num_queries(1):  # the base of the day; rows are written below the ORM
            public.post(URL, GOOD)
    assert not IdempotencyKey.objects.exists()


def test_too_many_orders_of_one_address_are_told_to_wait(world: World, settings: Settings) -> None:
    settings.RATE_EXEMPT, settings.PUBLIC_WRITES_PER_MINUTE = [], 2
    public = anyone()
    assert [public.post(URL, GOOD).status_code for _ in range(2)] == [201, 201]
    answer = public.post(URL, GOOD)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert Order.objects.count() == 2


def test_a_wrong_code_and_an_unknown_number_look_the_same_and_are_limited(world: World) -> None:
    order = world.order()
    public = anyone()
    answers = [
        public.get(f"{URL}/{number}?code={code}")
        for number, code in ((order.number, "WRONG234"), ("LG20200101000001", order.code))
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].json() == answers[1].json()
    for _ in range(8):
        public.get(f"{URL}/{order.number}?code=WRONG234")
    blocked = public.get(f"{URL}/{order.number}?code={order.code}")
    assert blocked.status_code == 429
    assert int(blocked["Retry-After"]) > 0


def test_without_a_code_only_orders_of_the_public_board_are_shown(world: World) -> None:
    order = world.order("公共区域堆物，电话13800001234")
    public = anyone()
    assert public.get(f"{URL}/{order.number}").status_code == 404
    zhihe = world.actor("zhihe")
    services.accept_order(order, actor=zhihe)
    services.triage_order(order, actor=zhihe, klass="PUBLIC", reason="公共")
    shown = public.get(f"{URL}/{order.number}").json()
    assert "13800001234" not in str(shown)
    assert (shown["told"], shown["can_withdraw"]) == ([], False)
    services.triage_order(order, actor=zhihe, klass="PRIVATE", reason="私事")
    assert public.get(f"{URL}/{order.number}").status_code == 404


def test_strangers_read_the_grid_of_an_order_and_never_the_stairwell(world: World) -> None:
    order = world.order("公共区域堆物")
    assert order.cell.code == UNIT
    zhihe, public = world.actor("zhihe"), anyone()
    services.accept_order(order, actor=zhihe)
    services.triage_order(order, actor=zhihe, klass="PUBLIC", reason="公共")
    shown = public.get(f"{URL}/{order.number}").json()
    assert shown["cell"]["code"] == GRID
    assert UNIT not in str(shown)
    held = public.get(f"{URL}/{order.number}?code={order.code}").json()
    assert held["cell"]["code"] == UNIT


def test_the_claim_hall_reads_the_building_and_never_the_stairwell(world: World) -> None:
    order = world.order("老人要搬米")
    zhihe = world.actor("zhihe")
    services.accept_order(order, actor=zhihe)
    services.triage_order(order, actor=zhihe, klass="EASY", reason="举手之劳")
    services.offer_order(order, actor=zhihe)
    volunteer = caller(world, "volunteer")
    links = ("", f"/{order.number}", f"/{order.number}/why")
    answers = [volunteer.get(f"/api/v1/orders{link}").json() for link in links]
    assert answers[0]["items"][0]["cell"]["code"] == MICRO
    assert answers[1]["cell"]["code"] == MICRO
    assert answers[2]["routing"]["cell"]["code"] == MICRO
    assert UNIT not in str(answers)


def test_the_holder_of_the_code_may_withdraw_once(world: World) -> None:
    order = world.order()
    link = f"{URL}/{order.number}/withdraw"
    public = anyone()
    assert public.post(f"{link}?code=WRONG234").status_code == 404
    done = public.post(f"{link}?code={order.code.lower()}", {"reason": "自己修好了"})
    assert (done.status_code, done.json()["state"]) == (200, "WITHDRAWN")
    again = public.post(f"{link}?code={order.code}")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


def test_an_unhappy_word_reopens_the_order_once(world: World) -> None:
    order = world.order()
    zhihe, worker = world.actor("zhihe"), world.actor("worker")
    services.accept_order(order, actor=zhihe)
    services.triage_order(order, actor=zhihe, klass="PUBLIC", reason="公共")
    target = services.desk.triage.Target(post=world.post("worker").pk)
    services.dispatch_order(order, actor=zhihe, to=target)
    services.sign_order(order, actor=worker)
    services.start_order(order, actor=worker)
    Order.objects.filter(pk=order.pk).update(state="VERIFIED", verified_at=order.created_at)
    link = f"{URL}/{order.number}/rate?code={order.code}"
    bad = anyone().post(link, {"solved": False, "satisfaction": "angry"})
    assert bad.status_code == 422
    assert anyone().post(link, {"satisfaction": "unsatisfied"}).status_code == 422
    rated = anyone().post(link, {"solved": False, "satisfaction": "unsatisfied"})
    assert (rated.status_code, rated.json()["state"]) == (200, "HANDLING")


def test_a_token_that_is_wrong_is_refused_even_where_none_is_needed(world: World) -> None:
    assert Caller("gp_nonsense").post(URL, GOOD).status_code == 401
    assert not Order.objects.exists()


def test_an_order_placed_with_an_account_belongs_to_it(world: World) -> None:
    volunteer = caller(world, "volunteer")
    number = volunteer.post(URL, GOOD).json()["number"]
    assert Order.objects.get(number=number).reporter_user == world.users["volunteer"]
    assert "withdraw" in volunteer.get(f"/api/v1/orders/{number}").json()["actions"]


def test_a_hundred_parallel_claims_of_one_place_have_one_winner(real_world: World) -> None:
    order = real_world.order("大扫除")
    zhihe = real_world.actor("zhihe")
    services.accept_order(order, actor=zhihe)
    services.triage_order(order, actor=zhihe, klass="EASY", reason="志愿")
    services.offer_order(order, actor=zhihe, slots=1)
    names = ("unit_liaison", "volunteer", "dept", "worker")
    for user in (real_world.users[name] for name in names):
        OrgMember.objects.get_or_create(
            user=user, org=real_world.orgs["school2"], defaults={"role": "MEMBER"}
        )
    callers = [caller(real_world, name) for name in names]
    gate = threading.Barrier(16)

    def claim(number: int) -> tuple[int, str]:
        try:
            if number < 16:
                gate.wait(20)
            answer = callers[number % 4].post(f"/api/v1/orders/{order.number}/claim")
            return answer.status_code, answer.json().get("code", "")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        answers = Counter(pool.map(claim, range(100)))
    assert sum(n for (status, _code), n in answers.items() if status == 200) == 1
    assert sum(n for (status, _code), n in answers.items() if status == 409) == 99
    assert Claim.objects.count() == 1


def test_parallel_orders_under_one_key_make_one_order(real_world: World) -> None:
    def place(_number: int) -> bytes:
        try:
            content: bytes = anyone().post(URL, GOOD, **{"Idempotency-Key": "one"}).content
            return content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(place, range(24)))
    assert len(answers) == 1
    assert Order.objects.count() == 1


def test_parallel_orders_get_different_numbers(real_world: World) -> None:
    def place(_number: int) -> str:
        try:
            number: str = anyone().post(URL, GOOD).json()["number"]
            return number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(place, range(40)))
    assert len(set(numbers)) == 40
    assert connection.vendor == "postgresql"
    assert isinstance(real_world.actor("resident"), Actor)
