"""Pages of boxes, hotlines, wishes, and the doors together; the status call."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gridpact.core import clock
from gridpact.doors.models import BoxEmptying, Hotline
from gridpact.orders.models import Order
from tests.api import anyone, caller
from tests.doors.chains import paste
from tests.doors.test_hotlines import HEAD, ROWS, load
from tests.factories.world import ZHIHE, World
from tests.pages import browser, words


def box_data(*slips: str, rows: int = 5, **given: str) -> dict[str, str]:
    data = {
        "cell": ZHIHE, "place": "南门", "emptied_on": clock.today().isoformat(),
        "witness_1": "甲一", "witness_2": "乙二", "token": str(uuid.uuid4()),
        "slip-TOTAL_FORMS": str(rows), "slip-INITIAL_FORMS": "0",
    }  # fmt: skip
    for row in range(rows):
        data[f"slip-{row}-kind"] = "SUGGESTION"
        data[f"slip-{row}-text"] = slips[row] if row < len(slips) else ""
    return data | given


def test_slips_are_entered_in_one_go(world: World) -> None:
    client = browser(world, "zhihe")
    assert client.get("/doors/boxes/new").status_code == 200
    done = client.post("/doors/boxes/new", box_data("加个凳子", "", "换盏灯"), follow=True)
    assert "南门" in words(done)
    assert Order.objects.filter(channel="BOX").count() == 2
    assert BoxEmptying.objects.get().slips == 2


def test_a_wrong_slip_is_said_at_its_row_and_nothing_is_saved(world: World) -> None:
    data = box_data("加个凳子", "换盏灯") | {"slip-1-phone": "12"}
    response = browser(world, "zhihe").post("/doors/boxes/new", data)
    assert response.status_code == 422
    text = response.content.decode()
    assert text.index("换盏灯") < text.index("gp-error-text", text.index("换盏灯"))
    assert "加个凳子" in text and not Order.objects.exists()


def test_more_rows_keep_what_was_written(world: World) -> None:
    data = box_data("加个凳子") | {"more": "1"}
    text = browser(world, "zhihe").post("/doors/boxes/new", data).content.decode()
    assert "加个凳子" in text and 'name="slip-9-text"' in text


@pytest.mark.parametrize("who, status", [("sysadmin", 403), ("volunteer", 403), ("resident", 302)])
def test_only_staff_use_these_doors(world: World, who: str, status: int) -> None:
    client = browser(world, who)
    for url in (
        "/doors/",
        "/doors/boxes",
        "/doors/boxes/new",
        "/doors/wishes",
        "/doors/chains/new",
    ):
        assert client.get(url).status_code == status


def test_a_forged_cell_is_not_accepted(world: World) -> None:
    response = browser(world, "neighbour").post("/doors/boxes/new", box_data("加个凳子"))
    assert response.status_code == 422 and not Order.objects.exists()


def upload(client: Any, text: str, **given: str) -> Any:
    file = SimpleUploadedFile("rx.csv", text.encode())
    data = {"code": "12345", "hotline": "政务热线", "cell": "", "file": file} | given
    return client.post("/doors/hotlines", data)


def token_of(page: Any) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.content.decode())
    assert found is not None
    return found[1]


def test_a_hotline_file_is_checked_then_loaded(world: World) -> None:
    client = browser(world, "township")
    checked = upload(client, HEAD + ROWS)
    assert checked.status_code == 200 and not Order.objects.exists()
    data = {"code": "12345", "hotline": "政务热线", "cell": "", "load": "1"}
    client.post("/doors/hotlines", data | {"token": token_of(checked)})
    assert Order.objects.filter(channel="HOTLINE").count() == 2
    assert Hotline.objects.get().name == "政务热线"


def test_rejected_rows_are_listed_with_their_number(world: World) -> None:
    client = browser(world, "township")
    page = upload(client, HEAD + ROWS + "RX003,2026-03-02,,,,致和社区,,\n")
    assert 'name="load"' not in page.content.decode()
    assert re.search(r">4</td>", page.content.decode())


def test_columns_can_be_assigned_on_the_page(world: World) -> None:
    client = browser(world, "township")
    first = upload(client, "单据,说了啥,在哪\nA1,路灯不亮,致和社区\n")
    columns = {"column_number": "单据", "column_text": "说了啥", "column_address": "在哪"}
    data = {"code": "12345", "hotline": "", "cell": "", **columns}
    second = client.post("/doors/hotlines", data | {"token": token_of(first)})
    assert 'name="load"' in second.content.decode()
    client.post("/doors/hotlines", data | {"token": token_of(second), "load": "1"})
    assert Order.objects.get().source_number == "A1"


@pytest.mark.parametrize("content", ["", "no table", HEAD, "\x00\x01"])
def test_a_file_that_is_no_table_is_refused(world: World, content: str) -> None:
    response = upload(browser(world, "township"), content)
    assert response.status_code in {200, 422} and not Order.objects.exists()
    assert 'name="load"' not in response.content.decode()


def test_the_status_is_exported_as_csv_and_xlsx(world: World) -> None:
    load(world)
    client = browser(world, "township")
    text = b"".join(client.get("/doors/hotlines/12345/status?as=csv"))
    assert "RX001" in text.decode("utf-8-sig") and "13800001234" not in text.decode("utf-8-sig")
    assert b"".join(client.get("/doors/hotlines/12345/status")).startswith(b"PK")
    assert client.get("/doors/hotlines/nix/status").status_code == 404
    later = b"".join(client.get("/doors/hotlines/12345/status?as=csv&new=1")).decode("utf-8-sig")
    assert "RX001" not in later


def test_the_status_call_tells_orders_in_sight_page_by_page(world: World) -> None:
    load(world)
    program = caller(world, "township")
    first = program.get("/api/v1/orders/sources/12345/status?limit=1").json()
    assert [each["source_number"] for each in first["items"]] == ["RX001"]
    url = f"/api/v1/orders/sources/12345/status?limit=1&cursor={first['next']}"
    assert [each["source_number"] for each in program.get(url).json()["items"]] == ["RX002"]
    neighbour = caller(world, "neighbour").get("/api/v1/orders/sources/12345/status").json()
    assert [each["source_number"] for each in neighbour["items"]] == ["RX002"]
    assert caller(world, "worker").get("/api/v1/orders/sources/12345/status").status_code == 403
    assert anyone().get("/api/v1/orders/sources/12345/status").status_code == 401
    since = "/api/v1/orders/sources/12345/status?since=2099-01-01T00:00:00Z"
    assert program.get(since).json() == {"items": [], "next": None}
    assert program.get("/api/v1/orders/sources/12345/status?cursor=x").status_code == 400


def test_wishes_name_the_chain_they_came_with(world: World) -> None:
    paste(world)
    page = browser(world, "zhihe").get("/doors/wishes")
    assert "想要一盏台灯" in words(page) and "/doors/chains/" in page.content.decode()
    assert "想要一盏台灯" not in words(browser(world, "neighbour").get("/doors/wishes"))
