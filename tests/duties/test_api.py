"""Work items, the matrix and tasks for programs."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from gridpact.core import clock
from gridpact.duties.choices import Role, TaskState
from gridpact.duties.models import Task, WorkItem
from gridpact.duties.services import assign, open_task
from tests.api import anyone, caller
from tests.factories.world import GRID, QILIPING, ZHIHE, World


@pytest.fixture
def task(world: World) -> Task:
    return open_task(
        "清点消防器材", world.cells[GRID], world.post("worker"), clock.today(),
        actor=world.actor("zhihe"),
    )  # fmt: skip


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "JPEG")
    return file.getvalue()


def test_work_items_are_listed_for_those_who_read_the_grid(world: World) -> None:
    answer = caller(world, "worker").get("/api/v1/work-items")
    items = {item["code"]: item for item in answer.json()}
    assert len(items) == 22
    assert items["patrol"]["cadence"] == "DAILY"
    assert items["patrol"]["levels"] == ["GRID"]
    assert caller(world, "volunteer").get("/api/v1/work-items").status_code == 403
    assert anyone().get("/api/v1/work-items").status_code == 401


def test_the_matrix_gives_roles_and_findings(world: World) -> None:
    item = WorkItem.objects.get(code="patrol")
    actor = world.actor("zhihe")
    assign(item, world.cells[GRID], Role.LEAD, world.post("worker"), actor=actor)
    body = caller(world, "zhihe").get(f"/api/v1/duties/matrix?cell={ZHIHE}").json()
    assert (body["level"], len(body["items"]), body["blanks"]) == ("GRID", 20, 39)
    first = next(line for line in body["lines"] if line["code"] == GRID)
    field = next(each for each in first["fields"] if each["item"] == "patrol")
    assert field == {"item": "patrol", "roles": ["LEAD"], "blank": False, "ended": False}
    found = caller(world, "zhihe").get("/api/v1/duties/matrix?category=PATROL&findings=true")
    assert [line["code"] for line in found.json()["lines"]] == [GRID, f"{ZHIHE}002"]


def test_the_matrix_of_another_community_and_a_wrong_level_are_refused(world: World) -> None:
    client = caller(world, "zhihe")
    assert client.get(f"/api/v1/duties/matrix?cell={QILIPING}").status_code == 404
    assert client.get("/api/v1/duties/matrix?level=PLANET").status_code == 422


def test_tasks_are_mine_or_all_below_me(world: World, task: Task) -> None:
    mine = caller(world, "worker").get("/api/v1/tasks").json()["items"]
    assert [(each["id"], each["cell"], each["state"]) for each in mine] == [(task.pk, GRID, "OPEN")]
    head = caller(world, "zhihe")
    assert head.get("/api/v1/tasks").json()["items"] == []
    assert len(head.get("/api/v1/tasks?mine=false").json()["items"]) == 1
    assert head.get("/api/v1/tasks?mine=false&overdue=true").json()["items"] == []
    assert caller(world, "neighbour").get("/api/v1/tasks?mine=false").json()["items"] == []


def test_a_task_is_finished_with_a_photo_and_the_upload_belongs_to_it(
    world: World, task: Task
) -> None:
    client = caller(world, "worker")
    key = client.upload(picture()).json()["id"]
    answer = client.post(f"/api/v1/tasks/{task.pk}/finish", {"photos": [key]})
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["photos"]) == ("DONE", [key])
    again = client.post(f"/api/v1/tasks/{task.pk}/finish", {"note": "又一次"})
    assert (again.status_code, again.json()["code"]) == (409, "task_ended")


@pytest.mark.parametrize(
    ("who", "body", "said"),
    [
        ("worker", {}, (422, "task_proof_missing")),
        ("worker", {"photos": ["00000000-0000-4000-8000-000000000000"]}, (422, "unknown_upload")),
        ("worker", {"order": "LG0"}, (404, "not_found")),
        ("worker", {"note": "好" * 2001}, (422, "text_long")),
        ("area", {"note": "好"}, (403, "forbidden")),
        ("neighbour", {"note": "好"}, (404, "not_found")),
    ],
)
def test_a_finish_that_is_refused_changes_nothing(
    world: World, task: Task, who: str, body: dict[str, object], said: tuple[int, str]
) -> None:
    answer = caller(world, who).post(f"/api/v1/tasks/{task.pk}/finish", body)
    assert (answer.status_code, answer.json()["code"]) == said
    task.refresh_from_db()
    assert (task.state, task.note) == (TaskState.OPEN, "")


def test_an_order_in_sight_is_proof(world: World, task: Task) -> None:
    Task.objects.update(due_on=clock.today() - timedelta(days=1))
    order = world.order()
    body = {"order": order.number}
    answer = caller(world, "worker").post(f"/api/v1/tasks/{task.pk}/finish", body)
    assert answer.json()["order"] == order.number


def test_a_list_of_tasks_takes_the_same_queries_for_one_and_for_three(
    world: World, task: Task
) -> None:
    client = caller(world, "worker")
    client.get("/api/v1/tasks")
    with CaptureQueriesContext(connection) as one:
        client.get("/api/v1/tasks")
    for _more in range(2):
        open_task(
            "再点一遍", world.cells[GRID], world.post("worker"), clock.today(),
            actor=world.actor("zhihe"),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as three:
        assert len(client.get("/api/v1/tasks").json()["items"]) == 3
    assert len(three) == len(one)
