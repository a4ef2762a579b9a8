"""Questions as people and programs see them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridpact.honesty.models import Question, Threshold
from gridpact.orders.choices import Card, Klass
from gridpact.orders.models import Order, Photo
from tests.api import caller
from tests.factories.world import World
from tests.honesty.stage import close, finish, handling, read
from tests.honesty.test_prints import jpeg, picture
from tests.pages import browser, words


@pytest.fixture
def questions(world: World) -> list[Question]:
    """Two about one photo in two orders, one about proof; all in 致和, put to the worker."""
    same = jpeg(picture(3))
    for _ in range(2):
        close(world, finish(world, handling(world), data=same))
    order = finish(world, handling(world))
    Photo.objects.filter(order=order).delete()
    return read()


def test_the_list_counts_by_state_and_by_unit(world: World, questions: list[Question]) -> None:
    page = browser(world, "zhihe").get("/honesty/")
    said = words(page)
    assert page.status_code == 200
    assert [tab.count for tab in page.context["tabs"]] == [2, 2, 0, 0]
    assert [(line.unit, line.asked) for line in page.context["units"]] == [("致和社区", 2)]
    assert questions[0].order is not None
    assert questions[0].order.number in said
    month = page.context["units"][0].href
    assert len(browser(world, "zhihe").get(month).context["rows"]) == 2
    only = browser(world, "zhihe").get("/honesty/?kind=PHOTO")
    assert [row.kind for row in only.context["rows"]] == [questions[0].get_kind_display()]
    nothing = browser(world, "zhihe").get("/honesty/?verdict=fine")
    assert nothing.context["rows"] == []
    assert "/honesty/" in nothing.content.decode()


def test_the_list_asks_the_same_queries_however_many(
    world: World, questions: list[Question]
) -> None:
    client = browser(world, "zhihe")
    client.get("/honesty/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/honesty/")
    order = questions[0].order
    Question.objects.bulk_create(
        Question(
            kind="SPEED", key=f"x{n}", order=order, asked=questions[0].asked, unit="致和社区",
            evidence={"minutes": 1, "median": 60}, asked_at=questions[0].asked_at,
            cell=questions[0].cell, community_id=questions[0].community_id,
            township_id=questions[0].township_id, district_id=questions[0].district_id,
        )
        for n in range(30)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        assert len(client.get("/honesty/").context["rows"]) == 32
    assert len(many) == len(few)


def test_the_neighbour_sees_nothing_and_the_asked_only_their_own(
    world: World, questions: list[Question]
) -> None:
    assert browser(world, "neighbour").get("/honesty/").context["rows"] == []
    for url in (f"/honesty/{questions[0].pk}", "/honesty/999999"):
        assert browser(world, "neighbour").get(url).status_code == 404
    worker = browser(world, "worker").get("/honesty/")
    assert len(worker.context["rows"]) == 2
    assert worker.context["units"] == []
    assert browser(world, "worker").get("/honesty/numbers").status_code == 403
    assert browser(world, "resident").get("/honesty/").status_code == 302


def test_photos_stand_side_by_side(world: World, questions: list[Question]) -> None:
    page = browser(world, "district").get(f"/honesty/{questions[0].pk}")
    (pair,) = page.context["pairs"]
    assert pair.other is not None
    assert pair.order.href
    for shot in (pair.mine.thumb, pair.other.thumb):
        assert browser(world, "district").get(shot).status_code == 200


def test_a_photo_out_of_sight_stays_out_of_sight(world: World, questions: list[Question]) -> None:
    other = questions[0].evidence["pairs"][0]["order"]
    away = world.cells["450312100007"]
    Order.objects.filter(pk=other).update(
        cell=away, desk=away, community_id=away.pk, grid_id=None, klass=Klass.PRIVATE,
        is_public=False, handler_post=None,
    )  # fmt: skip
    page = browser(world, "zhihe").get(f"/honesty/{questions[0].pk}")
    (pair,) = page.context["pairs"]
    assert (pair.other, pair.order.href, pair.order.title) == (None, "", "")


def test_answer_and_word_through_the_pages(world: World, questions: list[Question]) -> None:
    url = f"/honesty/{questions[1].pk}"
    worker, desk = browser(world, "worker"), browser(world, "zhihe")
    page = worker.get(url)
    assert page.context["answer_form"] is not None
    assert page.context["settle_form"] is None
    assert worker.post(f"{url}/answer", {"text": ""}).status_code == 422
    assert worker.post(f"{url}/answer", {"text": "照片在手机里，已补传"}).status_code == 302
    assert worker.post(f"{url}/answer", {"text": "再答"}).status_code == 409
    assert worker.post(f"{url}/settle", {"verdict": "fine", "reason": "好"}).status_code == 403
    shown = desk.get(url)
    assert "照片在手机里，已补传" in words(shown)
    assert shown.context["answer_form"] is None
    assert desk.post(f"{url}/settle", {"verdict": "fine"}).status_code == 422
    given = {"verdict": "not_fine", "reason": "还看不出", "card": "on"}
    assert desk.post(f"{url}/settle", given).status_code == 302
    order = questions[1].order
    assert order is not None
    order.refresh_from_db()
    assert order.card == Card.YELLOW
    after = desk.get(url)
    assert "还看不出" in words(after)
    hrefs = [action.url for action in after.context["actions"]]
    assert f"/orders/{order.number}/verify_fail" in hrefs


def test_the_order_shows_its_questions_to_those_who_supervise(
    world: World, questions: list[Question]
) -> None:
    order = questions[0].order
    assert order is not None
    link = f"/honesty/{questions[0].pk}"
    assert link in browser(world, "zhihe").get(f"/orders/{order.number}").content.decode()
    assert link not in browser(world, "worker").get(f"/orders/{order.number}").content.decode()
    public = browser(world, "resident").get(f"/follow/{order.number}?code={order.code}")
    assert link not in public.content.decode()


def test_the_district_changes_the_numbers(world: World, questions: list[Question]) -> None:
    client = browser(world, "district")
    form = client.get("/honesty/numbers").context["form"]
    given = {name: field.initial for name, field in form.fields.items()}
    assert client.post("/honesty/numbers", {**given, "photo_bits": 9}).status_code == 422
    assert client.post("/honesty/numbers", {**given, "photo_bits": 3}).status_code == 302
    assert Threshold.objects.get().number == 3


def test_programs_read_answer_and_settle(world: World, questions: list[Question]) -> None:
    base = "/api/v1/honesty/questions"
    desk, worker = caller(world, "zhihe"), caller(world, "worker")
    items = desk.get(f"{base}?kind=PROOF").json()["items"]
    assert [(item["id"], item["asked"]) for item in items] == [(questions[1].pk, "worker甲")]
    assert desk.get(f"{base}?kind=NONE").status_code == 422
    first = desk.get(f"{base}?limit=1").json()
    assert len(desk.get(f"{base}?cursor={first['next']}").json()["items"]) == 1
    one = f"{base}/{questions[1].pk}"
    assert caller(world, "neighbour").get(one).status_code == 404
    assert caller(world, "neighbour").get(base).json()["items"] == []
    assert desk.post(f"{one}/answer", {"text": "替他答"}).status_code == 403
    assert worker.post(f"{one}/answer", {"text": "已补"}).json()["state"] == "ANSWERED"
    assert worker.post(f"{one}/settle", {"verdict": "fine", "reason": "好"}).status_code == 403
    done = desk.post(f"{one}/settle", {"verdict": "fine", "reason": "看过"})
    assert (done.status_code, done.json()["verdict"]) == (200, "fine")
    assert desk.post(f"{one}/settle", {"verdict": "fine", "reason": "看过"}).status_code == 409
    assert desk.get(f"{base}/99999999999999999999").status_code == 404


def test_the_workbench_leads_to_my_questions(world: World, questions: list[Question]) -> None:
    tasks = browser(world, "worker").get("/work").context["bench"].tasks
    assert (2, "/honesty/?state=OPEN") in [(task.count, task.href) for task in tasks]
    desk = browser(world, "district").get("/work").context["bench"].tasks
    assert not [task for task in desk if task.href.startswith("/honesty/")]
