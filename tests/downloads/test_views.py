"""Pages and calls of downloads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gridpact.downloads import services
from gridpact.downloads.models import Download
from gridpact.orders.views import staff
from tests.api import caller
from tests.factories.world import World
from tests.pages import browser, words


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


def test_a_long_list_asks_for_a_reason_and_is_made_in_the_background(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        world.order()
    monkeypatch.setattr(staff, "EXPORT_ROWS", 1)
    client = browser(world, "zhihe")
    answer = client.get("/orders/export?queue=cell&as=csv")
    assert answer["Location"] == "/downloads/new/orders?queue=cell"
    page = client.get(answer["Location"])
    assert (page.context["count"], "致和社区" in words(page)) == (2, True)
    assert client.post(answer["Location"], {"file_format": "csv"}).status_code == 422
    form = {"file_format": "csv", "purpose": "1"}
    assert client.post(answer["Location"], form)["Location"] == "/downloads/"
    assert client.post(answer["Location"], form).status_code == 409
    assert client.get("/downloads/").context["busy"]
    services.run_download(Download.objects.get().pk)
    shown = client.get("/downloads/")
    assert not shown.context["busy"]
    taken: Any = client.get(shown.context["rows"][0].href)
    assert b"".join(taken.streaming_content).startswith(b"\xef\xbb\xbf")
    assert "no-store" in taken["Cache-Control"]


def test_a_long_list_without_the_right_is_cut_off_as_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        world.order()
    monkeypatch.setattr(staff, "EXPORT_ROWS", 1)
    assert browser(world, "area").get("/orders/export?as=csv").status_code == 200
    assert browser(world, "area").get("/downloads/new/orders").status_code == 403


def test_files_of_others_do_not_exist(world: World) -> None:
    download = services.ask_download(
        "orders", actor=world.actor("zhihe"), params={}, file_format="csv", reason="检查"
    )
    other = browser(world, "district")
    assert other.get(f"/downloads/{download.pk}/file").status_code == 404
    assert other.post(f"/downloads/{download.pk}/cancel").status_code == 404
    program = caller(world, "district")
    assert program.get(f"/api/v1/downloads/{download.pk}").status_code == 404
    assert program.get("/api/v1/downloads").json()["items"] == []
    mine = browser(world, "zhihe")
    assert mine.get(f"/downloads/{download.pk}/file")["Location"] == "/downloads/"
    mine.post(f"/downloads/{download.pk}/cancel")
    download.refresh_from_db()
    assert download.state == "CANCELLED"
    assert browser(world, "unit").get("/downloads/").status_code == 200


def test_a_program_asks_waits_and_takes(world: World) -> None:
    world.order()
    program = caller(world, "zhihe")
    body = {"kind": "orders", "format": "csv", "reason": "月报", "params": {"queue": "all"}}
    asked = program.post("/api/v1/downloads", body, **{"Idempotency-Key": "a"})
    again = program.post("/api/v1/downloads", body, **{"Idempotency-Key": "a"})
    assert (asked.status_code, again.json()["id"]) == (202, asked.json()["id"])
    link = f"/api/v1/downloads/{asked.json()['id']}"
    assert program.get(f"{link}/file").status_code == 409
    services.run_download(asked.json()["id"])
    assert program.get(link).json()["state"] == "READY"
    assert program.get(f"{link}/file").status_code == 200
    wrong = program.post("/api/v1/downloads", {**body, "kind": "secrets"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown_export")
    assert caller(world, "worker").post("/api/v1/downloads", body).status_code == 403
