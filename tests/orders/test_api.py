"""The order calls: shapes as documented, the whole life of an order, and who is refused how."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from pydantic import BaseModel

from gridpact.accounts import throttle
from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.orders import services
from gridpact.orders.choices import MOVES
from gridpact.orders.models import Order, OrderLog, Photo
from gridpact.orders.schemas import base as schemas
from gridpact.orders.schemas import public as schemas_public
from tests.api import Caller, anyone, caller
from tests.factories.world import QILIPING, UNIT, ZHIHE, World

URL = "/api/v1/orders"


def jpeg(size: tuple[int, int] = (40, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "red").save(buffer, "JPEG")
    return buffer.getvalue()


def fits(model: type[BaseModel], body: dict[str, Any]) -> None:
    """The body has exactly the documented fields, with values of the documented types."""
    names = {field.alias or name for name, field in model.model_fields.items()}
    assert set(body) == names
    model.model_validate(body)


def move(who: Caller, number: str, verb: str, body: Any = None) -> Any:
    return who.post(f"{URL}/{number}/{verb}", body)


def at(order: Order) -> str:
    order.refresh_from_db()
    return order.state


def test_an_order_lives_from_placing_to_rating_by_program_alone(world: World) -> None:
    public, zhihe = anyone(), caller(world, "zhihe")
    placed = public.post(
        "/api/v1/public/orders",
        {
            "text": "3栋1单元楼道灯坏了，电话13800001234",
            "location": {"lon": 110.105, "lat": 25.11},
            "contact": {"name": "陈小明", "phone": "13800001234"},
            "photos": [public.upload(jpeg()).json()["id"]],
        },
    )
    assert placed.status_code == 201
    fits(schemas_public.PlacedOut, placed.json())
    number, code = placed.json()["number"], placed.json()["code"]
    assert placed.json()["cell"]["code"] == UNIT

    assert move(zhihe, number, "accept").json()["state"] == "ACCEPTED"
    triaged = move(zhihe, number, "triage", {"class": "PUBLIC", "reason": "楼道公共照明"})
    assert (triaged.json()["state"], triaged.json()["class"]) == ("TRIAGED", "PUBLIC")
    post = world.post("worker").pk
    sent = move(zhihe, number, "dispatch", {"to": {"post": post}, "note": "今天去看"})
    assert sent.json()["handler"] == {
        "kind": "post", "id": post, "label": "第一网格 网格员 worker甲",
    }  # fmt: skip
    worker = caller(world, "worker")
    for verb, body in (("sign", None), ("start", {}), ("note", {"note": "已买到灯"})):
        assert move(worker, number, verb, body).status_code == 200
    proof = worker.upload(jpeg()).json()["id"]
    done = move(worker, number, "finish", {"answer": "已换新灯", "proof": [proof]})
    assert done.json()["state"] == "DONE"
    fits(schemas.OrderOut, done.json())
    assert move(zhihe, number, "verify_pass").json()["state"] == "VERIFIED"

    link = f"/api/v1/public/orders/{number}"
    seen = public.get(f"{link}?code={code}").json()
    fits(schemas_public.PublicOrderOut, seen)
    assert (seen["state"], seen["answer"], seen["can_rate"]) == ("VERIFIED", "已换新灯", True)
    assert "13800001234" not in str(seen)
    assert [photo["role"] for photo in seen["photos"]] == ["REPORT", "AFTER"]
    rated = public.post(f"{link}/rate?code={code}", {"solved": True, "satisfaction": "satisfied"})
    assert (rated.status_code, rated.json()["state"]) == (200, "CLOSED")
    verbs = OrderLog.objects.filter(order__number=number).values_list("verb", flat=True)
    assert list(verbs) == [
        "submit", "accept", "triage", "dispatch", "sign", "start", "note", "finish",
        "verify_pass", "rate",
    ]  # fmt: skip


def test_an_easy_matter_goes_through_the_claim_hall(world: World) -> None:
    order = world.order("家里水龙头漏水，致和苑3栋1单元302室，电话13800001234")
    zhihe, liaison = caller(world, "zhihe"), caller(world, "unit_liaison")
    assert liaison.get(f"{URL}/{order.number}").status_code == 404
    move(zhihe, order.number, "accept")
    move(zhihe, order.number, "triage", {"class": "EASY", "reason": "志愿者可办"})
    assert move(zhihe, order.number, "offer", {"slots": 1}).json()["slots_free"] == 1
    seen = liaison.get(f"{URL}/{order.number}").json()
    fits(schemas.OrderOut, seen)
    assert "13800001234" not in str(seen)
    assert "302" not in str(seen)
    assert seen["reporter"] is None
    assert seen["actions"] == ["claim"]
    claimed = move(liaison, order.number, "claim")
    assert (claimed.json()["state"], claimed.json()["handler"]["label"]) == ("CLAIMED", "致和小学")
    assert "302" in claimed.json()["text"]
    late = move(caller(world, "volunteer"), order.number, "claim")
    assert (late.status_code, late.json()["code"]) == (409, "no_place_left")
    back = move(liaison, order.number, "release", {"reason": "没有工具"})
    assert back.json()["state"] == "OFFERED"


def test_who_may_not_see_an_order_gets_404_for_every_verb(world: World) -> None:
    order = world.order()
    stranger = caller(world, "neighbour")
    for verb in (*MOVES, "fly"):
        answer = move(stranger, order.number, verb, {"nonsense": 1})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    for rest in ("", "/why", "/receivers"):
        assert stranger.get(f"{URL}/{order.number}{rest}").status_code == 404
    assert move(stranger, order.number, "reveal", {"reason": "x"}).status_code == 404
    assert at(order) == "SUBMITTED"
    assert order.log.count() == 1


def test_never_by_this_person_is_403_and_not_in_this_state_409_with_what_is_allowed(
    world: World,
) -> None:
    order = world.order()
    never = move(caller(world, "worker"), order.number, "accept")
    assert (never.status_code, never.json()["code"]) == (403, "forbidden")
    zhihe = caller(world, "zhihe")
    early = move(zhihe, order.number, "verify_pass", {"broken": []})
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    always = ["merge", "urge", "supervise", "unsupervise"]
    assert early.json()["allowed"] == ["accept", "reject", *always]
    unknown = move(zhihe, order.number, "fly")
    assert (unknown.status_code, unknown.json()["code"]) == (409, "unknown_move")
    assert unknown.json()["allowed"] == ["accept", "reject", *always]
    assert move(zhihe, order.number, "redo").status_code == 403
    assert at(order) == "SUBMITTED"


@pytest.mark.parametrize(
    ("verb", "body", "status", "field"),
    [
        ("triage", {"class": "EASY"}, 422, "reason"),
        ("triage", {"class": "BLUE", "reason": "x"}, 422, "class"),
        ("triage", {"class": "EASY", "reason": "x", "category": "none"}, 422, "category"),
        ("triage", {"class": 3, "reason": "x"}, 422, "class"),
        ("triage", {"class": "EASY", "reason": "a\u0000b"}, 422, "reason"),
        ("triage", {"class": "EASY", "reason": "长" * 5001}, 422, "reason"),
        ("triage", ["EASY"], 422, "body"),
    ],
)
def test_a_wrong_body_names_its_field_and_changes_nothing(
    world: World, verb: str, body: Any, status: int, field: str
) -> None:
    order = world.order()
    zhihe = caller(world, "zhihe")
    move(zhihe, order.number, "accept")
    answer = move(zhihe, order.number, verb, body)
    assert answer.status_code == status
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert at(order) == "ACCEPTED"
    assert order.log.count() == 2


def test_dispatch_names_one_known_receiver(world: World) -> None:
    order = world.order()
    zhihe = caller(world, "zhihe")
    move(zhihe, order.number, "accept")
    move(zhihe, order.number, "triage", {"class": "PUBLIC", "reason": "x"})
    for to in ({}, {"post": 1, "org": 1}, {"post": 2**62}, {"org": "nobody"}, {"post": -1}):
        assert move(zhihe, order.number, "dispatch", {"to": to}).status_code == 422
    known = zhihe.get(f"{URL}/{order.number}/receivers").json()
    fits(schemas.ReceiversOut, known)
    assert "city" not in known
    names = {post["holder"] for post in known["posts"]}
    assert {"worker甲", "zhihe甲"} <= names
    assert "neighbour甲" not in names
    sent = move(zhihe, order.number, "dispatch", {"to": {"org": "chengguan"}})
    assert sent.json()["handler"]["label"] == "城市管理局"
    dept = caller(world, "dept")
    assert dept.get(f"{URL}/{order.number}").json()["actions"][:2] == ["sign", "return"]
    assert dept.get(f"{URL}/{order.number}/receivers").status_code == 403


def test_an_answer_is_given_again_even_when_the_order_left_ones_sight(world: World) -> None:
    order = world.order()
    zhihe, dept = caller(world, "zhihe"), caller(world, "dept")
    move(zhihe, order.number, "accept")
    move(zhihe, order.number, "triage", {"class": "PUBLIC", "reason": "x"})
    move(zhihe, order.number, "dispatch", {"to": {"org": "chengguan"}})
    url, key = f"{URL}/{order.number}/return", {"Idempotency-Key": "k-1"}
    first = dept.post(url, {"reason": "不归我局"}, **key)
    again = dept.post(url, {"reason": "不归我局"}, **key)
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert order.log.filter(verb="return").count() == 1
    other = dept.post(url, {"reason": "另一个理由"}, **key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


def test_the_list_shows_only_what_lies_in_sight_and_filters_like_the_page(world: World) -> None:
    here = [world.order(f"事项 {n}") for n in range(3)]
    there = world.order("别处", cell=QILIPING)
    move(caller(world, "zhihe"), here[0].number, "accept")

    def numbers(name: str, query: str = "") -> list[str]:
        answer = caller(world, name).get(f"{URL}?{query}")
        assert answer.status_code == 200
        body = answer.json()
        assert set(body) == {"items", "count", "next"}
        for item in body["items"]:
            fits(schemas.OrderItem, item)
        assert body["count"] == len(body["items"])
        return sorted(item["number"] for item in body["items"])

    mine = sorted(order.number for order in here)
    assert numbers("zhihe") == mine
    assert numbers("neighbour") == [there.number]
    assert numbers("district") == sorted([*mine, there.number])
    assert numbers("unit_liaison") == []
    assert numbers("auditor") == []
    assert numbers("zhihe", "state=ACCEPTED") == [here[0].number]
    assert numbers("zhihe", f"cell={QILIPING}") == []
    assert numbers("district", f"cell={QILIPING}&state=OPEN") == [there.number]
    assert numbers("district", "q=别处") == [there.number]
    assert numbers("zhihe", f"q={here[1].number}") == [here[1].number]
    assert numbers("zhihe", "overdue=true") == []
    with clock.frozen(clock.now() + timedelta(days=40)):
        services.accept_order(here[1], actor=world.actor("zhihe"))
    Order.objects.filter(pk=here[2].pk).update(due_at=clock.now() - timedelta(hours=1))
    assert numbers("zhihe", "overdue=true") == [here[2].number]
    assert numbers("zhihe", "class=EASY") == []


def test_a_filter_that_makes_no_sense_is_named(world: World) -> None:
    zhihe = caller(world, "zhihe")
    for query in ("state=NEW", "class=BLUE", "cell=000", "sort=mood", "overdue=perhaps"):
        answer = zhihe.get(f"{URL}?{query}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == query.split("=")[0]
    assert zhihe.get(f"{URL}?cursor=rubbish").status_code == 400
    assert zhihe.get(f"{URL}?q=%00").status_code == 422


def test_pages_of_the_list_meet_without_gap_or_overlap(world: World) -> None:
    placed = [world.order(f"事项 {n}").number for n in range(5)]
    zhihe, seen, cursor = caller(world, "zhihe"), [], ""
    for _ in range(3):
        page = zhihe.get(f"{URL}?limit=2&sort=newest&cursor={cursor}").json()
        assert page["count"] == 5
        seen += [item["number"] for item in page["items"]]
        cursor = page["next"] or ""
    assert seen == placed[::-1]
    assert not cursor


def test_a_longer_list_costs_no_more_queries(world: World, django_assert_num_queries: Any) -> None:
    zhihe = caller(world, "zhihe")
    for number in range(3):
        world.order(f"事项 {number}")
        with django_assert_num_queries(7):
            zhihe.get(URL)


def test_staff_enter_an_order_on_behalf_and_get_the_code_for_the_resident(world: World) -> None:
    zhihe = caller(world, "zhihe")
    body = {"text": "老人来访：电梯异响", "cell": ZHIHE, "channel": "VISIT"}
    entered = zhihe.post(URL, body)
    assert entered.status_code == 201
    fits(schemas.EnteredOut, entered.json())
    order = Order.objects.get(number=entered.json()["number"])
    assert (order.channel, order.taken_by) == ("VISIT", world.users["zhihe"])
    assert order.code == entered.json()["code"]
    assert caller(world, "unit_liaison").post(URL, body).status_code == 403
    assert anyone().post(URL, body).status_code == 401
    future = {**body, "created_at": (clock.now() + timedelta(days=1)).isoformat()}
    late = zhihe.post(URL, future)
    assert (late.status_code, late.json()["code"]) == (422, "future_date")
    assert zhihe.post(URL, {**body, "channel": "TELEPATHY"}).status_code == 422
    said = clock.now() - timedelta(days=3)
    before = zhihe.post(URL, {**body, "created_at": said.isoformat()}).json()
    assert before["created_at"] == said.isoformat()
    assert before["due_at"] > clock.now().isoformat()
    assert before["steps"][0]["started_at"] > said.isoformat()
    assert Order.objects.count() == 2


def test_why_says_how_an_order_came_to_its_place_class_and_due_date(world: World) -> None:
    order = world.order(lon=110.105, lat=25.11)
    zhihe = caller(world, "zhihe")
    before = zhihe.get(f"{URL}/{order.number}/why").json()
    fits(schemas.WhyOut, before)
    assert before["routing"]["placed_by"] == "polygon"
    assert before["routing"]["desk"]["code"] == ZHIHE
    assert before["triage"] is None
    assert before["clock"]["limit"] == {"minutes": 120, "counts": "working minutes"}
    move(zhihe, order.number, "accept")
    move(zhihe, order.number, "triage", {"class": "HARD", "reason": "需要多部门"})
    after = zhihe.get(f"{URL}/{order.number}/why").json()
    assert "需要多部门" in after["triage"]["reason"]
    assert after["triage"]["by"] == "zhihe甲"


def test_revealing_a_contact_needs_a_reason_and_is_on_record(world: World) -> None:
    order = world.order()
    zhihe = caller(world, "zhihe")
    masked = zhihe.get(f"{URL}/{order.number}").json()["reporter"]
    assert masked == {"name": "陈**", "phone": "138****1234", "anonymous": False}
    url = f"{URL}/{order.number}/reveal"
    assert zhihe.post(url, {"reason": " "}).status_code == 422
    assert caller(world, "worker").post(url, {"reason": "x"}).status_code == 403
    assert not AuditRow.objects.filter(action="orders.reveal").exists()
    shown = zhihe.post(url, {"reason": "约上门时间"})
    assert shown.json() == {"name": "陈小明", "phone": "13800001234"}
    assert AuditRow.objects.get(action="orders.reveal").why == "约上门时间"


@pytest.mark.parametrize(
    "number", ["LG", "nothing", "LG20260101000001", "'; --", "%00", "%F0%9F%98%80"]
)
def test_numbers_that_do_not_exist_are_404(world: World, number: str) -> None:
    assert caller(world, "zhihe").get(f"{URL}/{number}").status_code == 404
    assert caller(world, "volunteer").post(f"{URL}/{number}/claim", {}).status_code == 404


def test_an_upload_is_judged_by_its_content(world: World) -> None:
    public = anyone()
    kept = public.upload(jpeg(), "photo.png")
    assert kept.status_code == 201
    fits(schemas_public.UploadOut, kept.json())
    assert kept.json()["kind"] == "image"
    for data in (b"%PDF-1.4 disguised", b"GIF89a", b"MZ\x90", b"<svg onload=alert(1)>", b""):
        refused = public.upload(data, "photo.jpg")
        assert refused.status_code == 422
        assert refused["Content-Type"] == "application/problem+json"
    assert Photo.objects.count() == 1


def test_uploads_are_limited_for_everyone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(throttle.LIMITS, "uploads", (2, 60))
    public = anyone()
    statuses = [public.upload(jpeg()).status_code for _ in range(3)]
    assert statuses == [201, 201, 429]


def test_proof_must_be_ones_own_unused_upload(world: World) -> None:
    order = world.order()
    zhihe, worker = caller(world, "zhihe"), caller(world, "worker")
    move(zhihe, order.number, "accept")
    move(zhihe, order.number, "triage", {"class": "PUBLIC", "reason": "x"})
    move(zhihe, order.number, "dispatch", {"to": {"post": world.post("worker").pk}})
    move(worker, order.number, "sign")
    move(worker, order.number, "start")
    foreign = caller(world, "neighbour").upload(jpeg()).json()["id"]
    for proof in ([], [foreign], [str(uuid.uuid4())], ["x"], [foreign] * 10):
        answer = move(worker, order.number, "finish", {"answer": "好了", "proof": proof})
        assert answer.status_code == 422
    assert at(order) == "HANDLING"
