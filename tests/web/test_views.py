"""Workbench, messages, search, audit screen and preferences, by role."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import system
from gridpact.notify.models import Notification
from gridpact.notify.services import deliver_batch
from gridpact.orders.choices import State
from tests.factories.world import GRID, QILIPING, UNIT, ZHIHE, World
from tests.orders.test_moves import bring
from tests.pages import browser, words


def counts(world: World, name: str) -> dict[str, int]:
    bench = browser(world, name).get("/work").context["bench"]
    return {task.icon: task.count for task in bench.tasks}


def test_general_head_sees_every_queue_with_its_count(world: World) -> None:
    for state in (State.SUBMITTED, State.ACCEPTED, State.TRIAGED, State.DONE, State.OFFERED):
        bring(world, state)
    assert counts(world, "zhihe") == {
        "alert-triangle": 0, "briefcase": 0, "inbox": 1, "arrows-split-2": 1, "send": 1,
        "shield-check": 1, "hand-grab": 1, "map-pin": 5, "checkup-list": 0,
    }  # fmt: skip
    assert counts(world, "neighbour")["map-pin"] == 0


def test_every_count_opens_a_list_of_as_many_rows(world: World) -> None:
    for state in (State.SUBMITTED, State.ACCEPTED, State.DONE, State.OFFERED):
        bring(world, state)
    client = browser(world, "zhihe")
    tasks = client.get("/work").context["bench"].tasks
    assert len(tasks) > 1
    for task in tasks:
        if task.href == "/tasks/":  # counted and listed by duties, tested there
            continue
        page = client.get(task.href)
        rows = page.context["cards"] if "cards" in page.context else page.context["rows"]
        assert len(rows) == task.count, task.href


def test_most_urgent_queue_shows_its_first_rows(world: World) -> None:
    with clock.frozen(clock.now() - timedelta(days=3)):
        late = world.order()
    bring(world, State.DONE)
    bench = browser(world, "zhihe").get("/work").context["bench"]
    assert bench.urgent.icon == "alert-triangle"
    assert [row.number for row in bench.rows] == [late.number]


def test_worker_finds_what_is_in_their_hands(world: World) -> None:
    order = bring(world, State.HANDLING)
    page = browser(world, "worker").get("/work")
    assert page.context["bench"].rows[0].number == order.number
    assert "inbox" not in counts(world, "worker")


def test_worker_looks_first_at_their_own_hands_even_when_the_area_is_late(world: World) -> None:
    with clock.frozen(clock.now() - timedelta(days=3)):
        world.order()
    mine = bring(world, State.HANDLING)
    bench = browser(world, "worker").get("/work").context["bench"]
    assert [row.number for row in bench.rows] == [mine.number]


def test_menu_marks_only_the_nearest_entry(world: World) -> None:
    menu = browser(world, "zhihe").get("/work/hall").context["shell"].menu
    assert [item.href for part in menu for item in part.items if item.active] == ["/work/hall"]


def test_a_long_menu_is_folded_under_headings_and_a_short_one_stands_open(world: World) -> None:
    menu = browser(world, "district").get("/cells/").context["shell"].menu
    assert [part.is_open for part in menu] == [True, True, False]  # daily work, the net, set up
    assert max(len(part.items) for part in menu) <= 12
    short = browser(world, "auditor").get("/audit").context["shell"].menu
    assert all(part.is_open for part in short)


def test_on_a_phone_the_whole_menu_is_on_the_page_of_oneself(world: World) -> None:
    page = browser(world, "zhihe").get("/me").content.decode()
    assert 'class="gp-menu-item" href="/work/desk"' in page


def test_leader_gets_the_short_list_with_the_report_button(world: World) -> None:
    page = browser(world, "building").get("/work")
    assert page.context["bench"].is_leader is True
    assert 'class="btn btn-primary btn-wide" href="/orders/new"' in page.content.decode()
    assert browser(world, "zhihe").get("/work").context["bench"].is_leader is False


def test_members_see_what_they_handle_and_the_hall(world: World) -> None:
    bring(world, State.OFFERED)
    assert counts(world, "unit_liaison") == {"briefcase": 0, "hand-grab": 1}


def test_heads_see_where_nobody_answers(world: World) -> None:
    findings = browser(world, "zhihe").get("/work").context["bench"].findings
    assert (findings[0].value, findings[0].href) == (1, f"/cells/{ZHIHE}/gaps#vacancies")
    assert browser(world, "worker").get("/work").context["bench"].findings == []


@pytest.mark.parametrize("name", ["sysadmin", "secadmin", "auditor", "orgdept"])
def test_administrators_get_their_own_entries_and_no_orders(world: World, name: str) -> None:
    order = world.order()
    page = browser(world, name).get("/work")
    assert page.context["bench"].tasks == []
    assert order.number not in words(page)
    hrefs = [item.href for item in page.context["entries"]]
    assert ("/audit" in hrefs) == (name == "auditor")
    assert "/orders/" not in hrefs


def test_workbench_costs_the_same_queries_with_more_orders(world: World) -> None:
    bring(world, State.DONE)
    client = browser(world, "zhihe")
    client.get("/work")
    with CaptureQueriesContext(connection) as few:
        client.get("/work")
    for _ in range(3):
        bring(world, State.DONE)
    with CaptureQueriesContext(connection) as many:
        client.get("/work")
    assert len(many) == len(few)


def test_bell_opens_a_message_marks_it_read_and_goes_to_the_order(world: World) -> None:
    order = world.order()
    deliver_batch()
    client = browser(world, "zhihe")
    page = client.get("/bell")
    [message] = page.context["unread"]
    assert order.number in words(page)
    answer = client.get(f"/bell/{message.pk}")
    assert answer["Location"] == f"/orders/{order.number}"
    after = client.get("/bell")
    assert (after.context["unread"], len(after.context["page"].items)) == ([], 1)


def test_bell_of_somebody_else_is_not_found_and_stays_unread(world: World) -> None:
    world.order()
    deliver_batch()
    message = Notification.objects.get(user=world.users["zhihe"])
    assert browser(world, "worker").get(f"/bell/{message.pk}").status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


def test_all_messages_are_marked_read_by_post_only(world: World) -> None:
    world.order()
    world.order()
    deliver_batch()
    client = browser(world, "zhihe")
    assert client.get("/bell/read").status_code == 405
    assert client.post("/bell/read").status_code == 302
    mine = Notification.objects.filter(user=world.users["zhihe"])
    assert (mine.filter(read_at=None).count(), mine.count()) == (0, 2)


def test_message_never_leads_to_another_site(world: World) -> None:
    message = Notification.objects.create(
        user=world.users["zhihe"], template="order_told", link="https://evil.example/",
        params={"number": "x", "title": "y"}, created_at=clock.now(),
    )  # fmt: skip
    assert browser(world, "zhihe").get(f"/bell/{message.pk}")["Location"] == "/bell"


def test_search_by_number_goes_straight_to_the_order_in_sight(world: World) -> None:
    order = world.order()
    answer = browser(world, "zhihe").get("/search", {"q": f" {order.number.lower()} "})
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order.number}")
    assert browser(world, "neighbour").get("/search", {"q": order.number}).status_code == 200


@pytest.mark.parametrize("query", ["楼道灯", "13800001234"])
def test_search_by_words_or_phone_stays_within_sight(world: World, query: str) -> None:
    mine, theirs = world.order(), world.order(cell=QILIPING)
    rows = browser(world, "zhihe").get("/search", {"q": query}).context["found"].orders
    assert [row.number for row in rows] == [mine.number]
    rows = browser(world, "neighbour").get("/search", {"q": query}).context["found"].orders
    assert [row.number for row in rows] == [theirs.number]


def test_search_finds_cells_of_my_area_by_name(world: World) -> None:
    found = browser(world, "zhihe").get("/search", {"q": "第一网格"}).context["found"]
    assert found.cells == [("第一网格", f"/cells/{GRID}")]


def test_search_finds_the_cell_of_an_address_in_my_area_only(world: World) -> None:
    query = {"q": "金水路18号致和苑3栋1单元501"}
    found = browser(world, "zhihe").get("/search", query).context["found"]
    assert found.cells == [("临桂镇 / 致和社区 / 第一网格 / 致和苑3栋 / 1单元", f"/cells/{UNIT}")]
    found = browser(world, "neighbour").get("/search", query).context["found"]
    assert found.cells == []


def test_search_survives_junk(world: World) -> None:
    for query in ("", "\x00", "%_'\"<script>", "长" * 500):
        assert browser(world, "zhihe").get("/search", {"q": query}).status_code == 200


def audit_lines(page: Any) -> list[tuple[str, str]]:
    return [(row.action, row.subject_label) for row in page.context["page"].items]


def test_audit_screen_is_for_the_audit_administrator_only(world: World) -> None:
    assert browser(world, "auditor").get("/audit").status_code == 200
    for name in ("zhihe", "sysadmin", "secadmin", "worker", "volunteer"):
        assert browser(world, name).get("/audit").status_code == 403


def test_audit_screen_filters_by_person_action_subject_and_day(world: World) -> None:
    order = bring(world, State.ACCEPTED)
    with clock.frozen(clock.now() - timedelta(days=40)):
        audit.record(system("import"), "grid.load", None, label="old")
    client = browser(world, "auditor")
    assert audit_lines(client.get("/audit", {"actor": "zhihe"})) == [
        ("orders.accept", order.number)
    ]
    assert audit_lines(client.get("/audit", {"actor": "import"})) == [("grid.load", "old")]
    assert audit_lines(client.get("/audit", {"action": "grid."})) == [("grid.load", "old")]
    assert audit_lines(client.get("/audit", {"subject": order.number})) == [
        ("orders.accept", order.number), ("orders.submit", order.number),
    ]  # fmt: skip
    day = clock.today() - timedelta(days=40)
    assert audit_lines(client.get("/audit", {"day": day.isoformat()})) == [("grid.load", "old")]
    wrong = client.get("/audit", {"day": "yesterday"})
    assert "day" in wrong.context["filter_form"].errors


def test_audit_screen_turns_pages(world: World) -> None:
    for index in range(52):
        audit.record(system("import"), "grid.load", None, label=str(index))
    client = browser(world, "auditor")
    first = client.get("/audit", {"action": "grid.load"})
    cursor = first.context["page"].next
    second = client.get("/audit", {"action": "grid.load", "cursor": cursor})
    labels = [label for page in (first, second) for _action, label in audit_lines(page)]
    assert labels == [str(index) for index in reversed(range(52))]


def test_preferences_are_kept_in_cookies_even_for_the_public(world: World, client: Client) -> None:
    answer = client.post(
        "/prefs", {"theme": "dark", "type": "large", "language": "en", "next": "/"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert {name: client.cookies[name].value for name in ("theme", "type", "language")} == {
        "theme": "dark", "type": "large", "language": "en",
    }  # fmt: skip


def test_preferences_refuse_unknown_values_and_foreign_targets(
    world: World, client: Client
) -> None:
    answer = client.post("/prefs", {"theme": "pink", "next": "https://evil.example/"})
    assert answer["Location"] == "/work"
    assert "theme" not in client.cookies


def test_switching_the_post_acted_as_needs_to_hold_it(world: World) -> None:
    client = browser(world, "zhihe")
    client.post("/prefs", {"post": str(world.post("neighbour").pk)})
    assert "acting_as" not in client.session
    mine = world.post("zhihe").pk
    client.post("/prefs", {"post": str(mine)})
    assert client.session["acting_as"] == mine


def test_language_switch_changes_the_words_of_a_page(world: World) -> None:
    client = browser(world, "zhihe")
    client.post("/prefs", {"language": "en"})
    assert "To accept" in words(client.get("/work"))


@pytest.mark.parametrize("path", ["/search?q=请给我的", "/orders/?q=请给我的", "/board?q=请给我的"])
def test_words_that_are_in_every_text_are_named_as_the_reason(world: World, path: str) -> None:
    world.order("路灯不亮")
    page = words(browser(world, "zhihe").get(path, headers={"accept-language": "en"}))
    assert "These words are in every text" in page or "这些字几乎每件都有" in page
