"""The pages of the matrix and of tasks: who sees what, what is written, what a file does."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from gridpact.core import clock
from gridpact.core.access import system
from gridpact.duties.cards import duties_card, tasks_today
from gridpact.duties.choices import Role, TaskState
from gridpact.duties.models import Assignment, Task, TaskPhoto, WorkItem
from gridpact.duties.selectors import gaps
from gridpact.duties.services import assign, fill_matrix, open_task
from gridpact.duties.territory import redraw_duties
from gridpact.grid.dependents import Touched
from gridpact.grid.models import Appointment
from gridpact.grid.tree import tree
from gridpact.orders.models import Order, Photo
from gridpact.ui.sheets import SheetColumn, read_table, write_xlsx
from tests.factories.world import GRID, QILIPING, ZHIHE, World
from tests.pages import browser, words


def given(world: World, days: int = 0) -> Task:
    """A task of the worker of the first grid."""
    due = clock.today() + timedelta(days=max(days, 0))
    task = open_task(
        "清点消防器材", world.cells[GRID], world.post("worker"), due, actor=world.actor("zhihe")
    )
    if days < 0:
        Task.objects.filter(pk=task.pk).update(due_on=clock.today() + timedelta(days=days))
        task.refresh_from_db()
    return task


def picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "JPEG")
    file.seek(0)
    file.name = "work.jpg"
    return file


def test_the_matrix_shows_one_letter_a_role_and_names_what_is_missing(world: World) -> None:
    cell, actor = world.cells[GRID], world.actor("zhihe")
    item = WorkItem.objects.get(code="patrol")
    assign(item, cell, Role.LEAD, world.post("worker"), actor=actor)
    assign(item, cell, Role.ASSIST, world.post("area"), actor=actor)
    page = browser(world, "zhihe").get("/duties/")
    assert page.status_code == 200
    rows = {row.name: row for row in page.context["rows"]}
    signs = page.context["signs"]
    both = signs["LEAD"] + signs["ASSIST"]
    assert rows["第一网格"].squares.count(f">{both}</a>") == 1
    assert page.context["found"].blanks == 2 * 20 - 1
    assert "gp-sq-blank" in page.content.decode()


def test_a_lead_whose_term_is_over_is_a_finding(world: World) -> None:
    cell, actor = world.cells[GRID], world.actor("zhihe")
    row = assign(
        WorkItem.objects.get(code="patrol"), cell, Role.LEAD, world.post("worker"), actor=actor
    )
    Appointment.objects.filter(pk=row.post_id).update(ends=clock.today() - timedelta(days=1))
    page = browser(world, "zhihe").get("/duties/")
    assert page.context["found"].ended == 1
    assert "gp-sq-ended" in page.content.decode()


def test_only_findings_leaves_out_cells_without_one(world: World) -> None:
    items = list(WorkItem.objects.filter(levels__contains=["GRID"]))
    fill_matrix(
        world.cells[GRID], level="GRID", items=items, kinds={"LEAD": ["area_head"]},
        actor=world.actor("zhihe"),
    )  # fmt: skip
    page = browser(world, "zhihe").get("/duties/?findings=on")
    assert [row.name for row in page.context["rows"]] == ["第二网格"]


@pytest.mark.parametrize("who", ["zhihe", "worker"])
def test_a_head_sees_the_matrix_of_the_own_ground_only(world: World, who: str) -> None:
    client = browser(world, who)
    assert client.get(f"/duties/?cell={QILIPING}").status_code == 404
    assert client.get(f"/duties/fields/{QILIPING}001/patrol").status_code == 404
    assert "七里坪" not in words(client.get("/duties/"))


def test_the_matrix_takes_the_same_queries_for_one_cell_and_for_three(world: World) -> None:
    client = browser(world, "township")
    client.get("/duties/")
    with CaptureQueriesContext(connection) as one:
        client.get(f"/duties/?cell={GRID}")
    with CaptureQueriesContext(connection) as three:
        client.get("/duties/?cell=450312100")
    assert len(three) == len(one)


def test_a_field_is_assigned_and_taken_back_on_its_page(world: World) -> None:
    client, url = browser(world, "zhihe"), f"/duties/fields/{GRID}/patrol"
    post = world.post("worker")
    data = {"role": "LEAD", "post": post.pk, "starts": clock.today().isoformat()}
    assert client.post(url, data).status_code == 302
    row = Assignment.objects.get()
    assert (row.post, row.role) == (post, "LEAD")
    twice = client.post(url, data)
    assert twice.status_code == 422
    assert client.post(url, {"end": row.pk}).status_code == 302
    assert not Assignment.objects.exists()


def test_a_worker_reads_a_field_and_may_not_change_it(world: World) -> None:
    client, url = browser(world, "worker"), f"/duties/fields/{GRID}/patrol"
    page = client.get(url)
    assert page.status_code == 200
    assert "assign-form" not in page.content.decode()
    data = {"role": "LEAD", "post": world.post("worker").pk, "starts": clock.today().isoformat()}
    assert client.post(url, data).status_code == 403
    assert not Assignment.objects.exists()


def test_the_bulk_form_fills_a_community(world: World) -> None:
    client = browser(world, "zhihe")
    page = client.get(f"/duties/fill/{ZHIHE}?level=GRID")
    assert page.status_code == 200
    answer = client.post(f"/duties/fill/{ZHIHE}?level=GRID", {"items": ["patrol", "data"]})
    assert answer.status_code == 302
    assert Assignment.objects.count() == 2 * 4
    assert client.get(f"/duties/fill/{QILIPING}").status_code == 404
    assert browser(world, "worker").get(f"/duties/fill/{GRID}").status_code == 403


def test_the_exported_matrix_comes_back_without_change_and_with_it(world: World) -> None:
    actor = world.actor("zhihe")
    item = WorkItem.objects.get(code="patrol")
    assign(item, world.cells[GRID], Role.LEAD, world.post("worker"), actor=actor)
    client = browser(world, "zhihe")
    book = io.BytesIO(b"".join(client.get(f"/duties/export.xlsx?cell={ZHIHE}").streaming_content))
    sheet = read_table(book, "m.xlsx")
    rows = [cells for _number, cells in sheet.rows]
    assert len(rows) == 2 * 20
    book.seek(0)
    book.name = "m.xlsx"
    same = client.post("/duties/import", {"file": book})
    assert "token" not in same.context
    heads = sheet.header
    for cells in rows:
        cells[heads[5]] = "area" if cells[heads[0]] == GRID else ""
    table = ([cells[text] for text in heads] for cells in rows)
    changed = io.BytesIO(write_xlsx([SheetColumn(text) for text in heads], table).read())
    changed.name = "m.xlsx"
    checked = client.post("/duties/import", {"file": changed})
    assert checked.context["result"].updated == 20
    assert Assignment.objects.count() == 1
    assert client.post("/duties/import", {"token": checked.context["token"]}).status_code == 302
    assert Assignment.objects.filter(role=Role.ASSIST).count() == 20


def test_my_tasks_stand_by_urgency(world: World) -> None:
    given(world, -2)
    given(world)
    given(world, 5)
    page = browser(world, "worker").get("/tasks/")
    assert [len(rows) for _title, rows in page.context["groups"]] == [1, 1, 1]
    assert len(page.context["duties"]) == 9
    assert "清点消防器材" not in words(browser(world, "area").get("/tasks/"))


def test_heads_above_see_the_tasks_below_and_neighbours_do_not(world: World) -> None:
    task = given(world)
    for who, status in (
        ("worker", 200), ("area", 200), ("zhihe", 200), ("township", 200), ("neighbour", 404),
        ("building", 404), ("dept", 404), ("orgdept", 404),
    ):  # fmt: skip
        assert browser(world, who).get(f"/tasks/{task.pk}").status_code == status, who
    assert "清点消防器材" in words(browser(world, "zhihe").get("/tasks/below"))
    assert "清点消防器材" not in words(browser(world, "neighbour").get("/tasks/below"))
    assert "清点消防器材" in words(browser(world, "zhihe").get(f"/tasks/below?cell={GRID}"))
    assert "清点消防器材" not in words(browser(world, "zhihe").get("/tasks/below?overdue=on"))


def test_a_task_is_done_with_a_note_and_a_photo_that_heads_may_see(world: World) -> None:
    task = given(world)
    client = browser(world, "worker")
    assert client.post(f"/tasks/{task.pk}", {"note": " "}).status_code == 422
    answer = client.post(f"/tasks/{task.pk}", {"note": "都齐了", "photos": picture()})
    assert answer.status_code == 302
    task.refresh_from_db()
    assert (task.state, task.note, task.ended_by) == (
        TaskState.DONE, "都齐了", world.users["worker"],
    )  # fmt: skip
    photo = TaskPhoto.objects.get()
    assert not Photo.objects.exists()
    url = reverse("duties:photo", args=(photo.pk,))
    assert browser(world, "zhihe").get(f"{url}?s=1").status_code == 200
    assert browser(world, "neighbour").get(url).status_code == 404


def test_nobody_but_the_holder_ends_a_task_and_none_ends_twice(world: World) -> None:
    task = given(world)
    assert browser(world, "zhihe").post(f"/tasks/{task.pk}", {"note": "好"}).status_code == 403
    task.refresh_from_db()
    assert task.state == TaskState.OPEN
    client = browser(world, "worker")
    client.post(f"/tasks/{task.pk}", {"note": "好"})
    assert client.post(f"/tasks/{task.pk}", {"note": "又好"}).status_code == 422
    task.refresh_from_db()
    assert task.note == "好"


def test_an_order_from_a_task_ends_it_and_both_are_linked(world: World) -> None:
    task = given(world)
    client = browser(world, "worker")
    page = client.get(f"/tasks/{task.pk}/order")
    assert page.context["form"]["cell"].value() == GRID
    data = {
        "text": "灭火器过期三具", "kind": "REPORT", "cell": GRID, "channel": "STAFF", "token": "t1",
    }  # fmt: skip
    answer = client.post(f"/tasks/{task.pk}/order", data)
    assert answer.status_code == 302
    task.refresh_from_db()
    order = Order.objects.get()
    assert (task.state, task.order) == (TaskState.DONE, order)
    assert order.number in words(client.get(f"/tasks/{task.pk}"))
    assert client.get(f"/tasks/{task.pk}/order").status_code == 409
    assert browser(world, "zhihe").get(f"/tasks/{task.pk}/order").status_code == 403


def test_a_refused_order_leaves_the_task_open(world: World) -> None:
    task = given(world)
    data = {"text": "", "kind": "REPORT", "cell": GRID, "channel": "STAFF", "token": "t2"}
    answer = browser(world, "worker").post(f"/tasks/{task.pk}/order", data)
    assert answer.status_code == 422
    task.refresh_from_db()
    assert task.state == TaskState.OPEN
    assert not Order.objects.exists()


def test_a_head_gives_a_task_on_the_page(world: World) -> None:
    client, url = browser(world, "zhihe"), f"/tasks/new/{GRID}"
    data = {"title": "通知停水", "post": world.post("worker").pk, "due_on": clock.today()}
    assert client.post(url, data).status_code == 302
    assert Task.objects.get().title == "通知停水"
    late = {**data, "due_on": clock.today() - timedelta(days=1)}
    assert client.post(url, late).status_code == 422
    assert Task.objects.count() == 1


def test_the_workbench_counts_what_is_due(world: World) -> None:
    given(world, -1)
    given(world, 3)
    page = browser(world, "worker").get("/work")
    first: Any = page.context["bench"].tasks[0]
    assert (first.count, first.tone, first.href) == (1, "red", "/tasks/")


def test_gaps_count_blank_and_ended_duties_of_a_cell(world: World) -> None:
    cell = world.cells[GRID]
    row = assign(
        WorkItem.objects.get(code="patrol"), cell, Role.LEAD, world.post("worker"),
        actor=system("tests"),
    )  # fmt: skip
    found = {gap.kind: gap.count for gap in gaps([cell.pk])[cell.pk]}
    assert found == {"blank_duties": 19}
    Appointment.objects.filter(pk=row.post_id).update(ends=clock.today() - timedelta(days=1))
    found = {gap.kind: gap.count for gap in gaps([cell.pk])[cell.pk]}
    assert found == {"blank_duties": 19, "ended_duties": 1}
    assert gaps([world.cells["450312"].pk]) == {}


def test_a_redraw_counts_open_tasks_and_roles_of_its_cells(world: World) -> None:
    cell = world.cells[GRID]
    given(world)
    assign(
        WorkItem.objects.get(code="patrol"), cell, Role.LEAD, world.post("worker"),
        actor=world.actor("zhihe"),
    )  # fmt: skip
    touched = Touched(frozenset({cell.pk}), frozenset({cell.pk}))
    tasks, roles = redraw_duties(world.actor("zhihe"), touched)
    assert (tasks.count, tasks.placeless, roles.count) == (1, 1, 1)
    assert tasks.href == f"/tasks/below?cell={GRID}"
    elsewhere = Touched(frozenset({world.cells[QILIPING].pk}), frozenset())
    assert [one.count for one in redraw_duties(world.actor("zhihe"), elsewhere)] == [0, 0]


def test_the_card_of_a_cell_counts_led_work_and_open_tasks(world: World) -> None:
    cell, actor = world.cells[GRID], world.actor("zhihe")
    given(world, -1)
    assign(WorkItem.objects.get(code="patrol"), cell, Role.LEAD, world.post("worker"), actor=actor)
    led, tasks = duties_card(actor, cell, tree()).lines
    assert (led.wanting, led.href) == (True, f"/duties/?cell={GRID}")
    assert [word for word in led.text.split() if word.isdigit()] == ["1", "20"]
    assert (tasks.text, tasks.href) == ("1", f"/tasks/below?cell={GRID}")
    assert "1" in tasks.note
    assert duties_card(actor, world.cells[f"{GRID}001"], tree()).lines == ()
    page = browser(world, "zhihe").get(f"/cells/{GRID}")
    assert page.status_code == 200
    assert f"/duties/?cell={GRID}" in page.content.decode()


def test_my_grid_lists_my_own_tasks_by_urgency(world: World) -> None:
    given(world, 2)
    given(world, -1)
    lines = tasks_today(world.actor("worker"), []).lines
    days = [line.due_at.date() for line in lines if line.due_at is not None]
    assert days == [clock.today() - timedelta(days=1), clock.today() + timedelta(days=2)]
    assert tasks_today(world.actor("zhihe"), []).lines == ()
