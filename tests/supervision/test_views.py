"""The supervision desk as people and programs see it."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.orders.choices import Card, Light, State
from gridpact.orders.models import Order, Supervision
from gridpact.orders.services.supervise import supervise_order
from gridpact.orgs.models import Org
from gridpact.supervision.selectors import in_area, week_of, weekly, who_is_late
from gridpact.supervision.services import instruct_order
from tests.api import caller
from tests.factories.world import QILIPING, World
from tests.orders.test_moves import bring
from tests.pages import browser, words


def card(order: Order, kind: str, actor: Any = None) -> Order:
    return supervise_order(order, actor=actor or system("clock"), card=kind, reason="超过时限")


@pytest.fixture
def desk(world: World) -> dict[str, Order]:
    """One order of each kind in 致和, one red in 七里坪, one that is nothing special."""
    orders = {
        "red": card(bring(world, State.HANDLING), Card.RED),
        "yellow": card(world.order("黄牌的事"), Card.YELLOW),
        "word": card(world.order("督办的事"), Card.NORMAL, world.actor("district")),
        "warned": world.order("快到期的事"),
        "theirs": card(world.order("七里坪的事", cell=QILIPING), Card.RED),
        "plain": world.order("普通的事"),
    }
    Order.objects.filter(pk=orders["warned"].pk).update(light=Light.WARNED)
    return orders


def numbers(page: Any) -> set[str]:
    return {line.row.number for line in page.context["rows"]}


@pytest.mark.parametrize(
    ("what", "kinds"),
    [
        ("", {"red", "yellow", "word", "warned"}),
        ("red", {"red"}),
        ("yellow", {"yellow"}),
        ("word", {"word"}),
        ("warned", {"warned"}),
        ("waiting", set()),
    ],
)
def test_each_tab_holds_its_kind_in_my_area_only(
    world: World, desk: dict[str, Order], what: str, kinds: set[str]
) -> None:
    page = browser(world, "zhihe").get(f"/supervision/?what={what}")
    assert numbers(page) == {desk[kind].number for kind in kinds}
    counts = {tab.href.split("what=")[1]: tab.count for tab in page.context["tabs"]}
    assert counts[what] == len(kinds)


def test_the_district_sees_both_and_the_neighbour_only_theirs(
    world: World, desk: dict[str, Order]
) -> None:
    assert desk["theirs"].number in numbers(browser(world, "district").get("/supervision/"))
    assert numbers(browser(world, "neighbour").get("/supervision/")) == {desk["theirs"].number}
    forced = browser(world, "neighbour").get(f"/supervision/?cell={desk['red'].cell.code}")
    assert numbers(forced) == set()


@pytest.mark.parametrize("name", ["worker", "unit", "dept", "volunteer", "secadmin", "auditor"])
def test_without_the_right_there_is_no_desk(world: World, name: str) -> None:
    assert browser(world, name).get("/supervision/").status_code == 403
    assert browser(world, name).get("/supervision/weekly").status_code == 403
    assert caller(world, name).get("/api/v1/supervision").status_code == 403


def test_filters_narrow_by_unit_step_and_words(world: World, desk: dict[str, Order]) -> None:
    school = Org.objects.get(code="school")
    Order.objects.filter(pk=desk["yellow"].pk).update(handler_org=school)
    client = browser(world, "zhihe")
    assert numbers(client.get("/supervision/?org=school")) == {desk["yellow"].number}
    assert numbers(client.get("/supervision/?step=handle")) == {desk["red"].number}
    assert numbers(client.get("/supervision/?q=督办的事")) == {desk["word"].number}
    empty = client.get("/supervision/?klass=HARD")
    assert (numbers(empty), empty.context["narrowed"]) == (set(), True)


def test_an_instruction_is_written_and_answered_on_pages(
    world: World, desk: dict[str, Order]
) -> None:
    number = desk["red"].number
    head = browser(world, "zhihe")
    assert head.post(f"/supervision/{number}/instruct", {"text": ""}).status_code == 422
    done = head.post(f"/supervision/{number}/instruct", {"text": "明天前答复"})
    assert done["Location"] == f"/orders/{number}"
    page = head.get("/supervision/?what=waiting")
    line = page.context["rows"][0]
    assert (line.row.number, line.instruction.text, line.answer_href) == (number, "明天前答复", "")
    worker = browser(world, "worker")
    link = f"/supervision/answer/{line.instruction.pk}"
    assert "明天前答复" in words(worker.get(link))
    assert worker.post(link, {"text": "今晚换好"}).status_code == 302
    assert worker.post(link, {"text": "又一次"}).status_code == 409
    assert "今晚换好" in words(head.get("/supervision/"))
    assert browser(world, "neighbour").get(link).status_code == 404
    assert browser(world, "neighbour").get(f"/supervision/{number}/instruct").status_code == 404


def test_the_desk_costs_the_same_queries_with_one_and_with_many_rows(world: World) -> None:
    client = browser(world, "zhihe")
    instruct_order(card(world.order(), Card.RED), actor=world.actor("district"), text="请快")
    client.get("/supervision/")
    with CaptureQueriesContext(connection) as one:
        client.get("/supervision/")
    for _ in range(4):
        order = card(bring(world, State.HANDLING), Card.RED)
        instruct_order(order, actor=world.actor("district"), text="请快")
    with CaptureQueriesContext(connection) as many:
        client.get("/supervision/")
    assert len(many) == len(one)


def test_who_is_late_counts_by_unit_else_by_desk(world: World, desk: dict[str, Order]) -> None:
    school = Org.objects.get(code="school")
    past = clock.now() - timedelta(hours=48)
    Order.objects.filter(pk=desk["red"].pk).update(
        handler_post=None, handler_org=school, due_at=past
    )
    found = who_is_late(in_area(world.actor("zhihe"), None))
    assert [(one.name, one.red, one.yellow) for one in found] == [
        ("致和小学", 1, 0), ("致和社区", 0, 1),
    ]  # fmt: skip
    assert found[0].hours == pytest.approx(48, abs=0.1)
    page = browser(world, "zhihe").get("/supervision/")
    assert page.context["late"][0].red_href == "/supervision/?what=red&org=school"
    assert numbers(browser(world, "zhihe").get("/supervision/?what=red&org=school")) == {
        desk["red"].number
    }
    assert numbers(browser(world, "zhihe").get("/supervision/?what=yellow&desk=450312100012")) == {
        desk["yellow"].number
    }


def test_urging_many_from_the_desk_says_what_became_of_each(
    world: World, desk: dict[str, Order]
) -> None:
    client = browser(world, "zhihe")
    offered = [action.value for action in client.get("/supervision/").context["bulk"]]
    assert set(offered) >= {"urge", "supervise", "unsupervise"}
    lists = client.get("/orders/?queue=accept").context["rows"]
    moves = {row.number: row.moves for row in lists}
    assert "unsupervise" not in moves[desk["plain"].number]
    assert "unsupervise" in moves[desk["yellow"].number]
    body = {
        "verb": "urge", "go": "1", "key": "7c7e4d1e-33c2-4a51-8f5a-6d0a1f2b3c4d",
        "note": "今天下班前反馈", "pick": [desk["red"].number, desk["yellow"].number],
    }  # fmt: skip
    done = client.get(client.post("/orders/bulk", body)["Location"])
    assert done.context["results"].done == 2
    assert Order.objects.get(pk=desk["red"].pk).urged == 1


def test_the_week_counts_cards_and_limits_that_were_kept(
    world: World, desk: dict[str, Order]
) -> None:
    now = clock.now()
    closed = bring(world, State.CLOSED)
    Order.objects.filter(pk=closed.pk).update(closed_at=now - timedelta(hours=1))
    ahead = min(now + timedelta(hours=1), week_of("").span[1] - timedelta(seconds=1))
    for order, limit in ((closed, now), (desk["red"], now), (desk["plain"], ahead)):
        Supervision.objects.create(
            order=order, card=Card.NORMAL, reason="限期", given_at=now - timedelta(days=30),
            limit_at=limit,
        )  # fmt: skip
    made = weekly(world.actor("zhihe"), None, week_of(""))
    assert (len(made.due), made.kept) == (2, 1)
    assert {(line.name, line.red, line.yellow, line.word) for line in made.communities} == {
        ("致和社区", 1, 1, 1)
    }
    before = weekly(world.actor("zhihe"), None, week_of("").shifted(-1))
    assert (before.cards, before.due) == ([], [])
    page = browser(world, "zhihe").get("/supervision/weekly")
    assert (page.context["share"], len(page.context["cards"])) == (50, 3)
    assert desk["theirs"].number not in words(page)
    file = browser(world, "zhihe").get(f"/supervision/weekly?week={week_of('').code}&as=xlsx")
    content = b"".join(file.streaming_content)  # type: ignore[attr-defined]  # a FileResponse
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert len(rows.get_sheet_by_index(0).to_python()) == 4


@pytest.mark.parametrize("code", ["2026-W60", "abc", "99999-W01", "2026-W", "1999-W01"])
def test_a_week_that_is_none_is_refused(world: World, code: str) -> None:
    with pytest.raises(Refused) as refused:
        week_of(code)
    assert refused.value.code == "week_wrong"
    assert browser(world, "zhihe").get(f"/supervision/weekly?week={code}").status_code == 422


def test_programs_read_the_desk_and_the_week(world: World, desk: dict[str, Order]) -> None:
    program = caller(world, "zhihe")
    page = program.get("/api/v1/supervision?what=red").json()
    assert [item["number"] for item in page["items"]] == [desk["red"].number]
    assert (page["counts"]["red"], page["counts"]["all"]) == (1, 4)
    week = program.get("/api/v1/supervision/weekly").json()
    assert {row["number"] for row in week["cards"]} == {
        desk[kind].number for kind in ("red", "yellow", "word")
    }
    said = program.post(f"/api/v1/supervision/{desk['red'].number}/instruct", {"text": "请快"})
    link = f"/api/v1/supervision/instructions/{said.json()['id']}/answer"
    done = caller(world, "worker").post(link, {"text": "好"})
    assert (said.status_code, done.json()["answer"]) == (200, "好")
    assert caller(world, "neighbour").post(link, {"text": "好"}).status_code == 404
    assert program.get("/api/v1/supervision?cell=nowhere").status_code == 422
    assert program.get("/api/v1/supervision/weekly?week=x").status_code == 422


def test_the_workbench_counts_cards_and_shows_my_instructions(
    world: World, desk: dict[str, Order]
) -> None:
    instruct_order(desk["red"], actor=world.actor("district"), text="请快")
    head = browser(world, "zhihe").get("/work").context["bench"].tasks
    assert [(task.count, task.href) for task in head[:2]] == [
        (1, "/supervision/?what=red"), (1, "/supervision/?what=yellow"),
    ]  # fmt: skip
    worker = browser(world, "worker").get("/work").context["bench"].tasks
    assert worker[0].href.startswith("/supervision/answer/")


def test_a_cell_with_signs_that_are_no_text_breaks_neither_page_nor_program(world: World) -> None:
    link = "supervision/weekly?cell=450312%00"
    assert browser(world, "zhihe").get(f"/{link}").status_code == 200
    assert caller(world, "zhihe").get(f"/api/v1/{link}").status_code == 422
