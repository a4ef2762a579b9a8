"""Files made in the background: what is in them, who may have them, and how they fail."""

from __future__ import annotations

import hashlib
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from python_calamine import CalamineWorkbook

from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.downloads import models, services
from gridpact.downloads.choices import KEEP, LOST, STALE, State
from gridpact.downloads.models import Download
from gridpact.grid.models import Appointment
from gridpact.notify.models import Notification
from gridpact.notify.services import deliver_batch
from gridpact.orders.files import exports
from gridpact.orders.models import Order
from tests.factories.world import QILIPING, World


class Usage(NamedTuple):
    """What the operating system answers about a disk, in bytes."""

    total: int
    used: int
    free: int


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


def ask(world: World, name: str = "zhihe", **given: Any) -> Download:
    wanted: dict[str, Any] = {"file_format": "xlsx", "reason": "分析本社区工作", "params": {}}
    return services.ask_download("orders", actor=world.actor(name), **{**wanted, **given})


def made(download: Download) -> Download:
    services.run_download(download.pk)
    return Download.objects.get(pk=download.pk)


def test_a_workbook_says_who_why_and_which_part_and_holds_the_list_masked(world: World) -> None:
    mine = world.order("=HYPERLINK(1) 路灯坏了")
    world.order("七里坪的事", cell=QILIPING)
    done = made(ask(world))
    assert (done.state, done.rows, done.total) == (State.READY, 1, 1)
    assert done.bytes == done.path.stat().st_size
    assert done.sha256 == hashlib.sha256(done.path.read_bytes()).hexdigest()
    book = CalamineWorkbook.from_path(str(done.path))
    cover = str(book.get_sheet_by_index(0).to_python())
    assert all(word in cover for word in ("zhihe甲", "分析本社区工作", "致和社区"))
    rows = book.get_sheet_by_index(1).to_python()
    assert [row[0] for row in rows[1:]] == [mine.number]
    assert str(rows[1][1]).startswith("=HYPERLINK")
    assert "13800001234" not in str(rows)
    raw = done.path.read_bytes()
    assert b"=HYPERLINK(1)" not in raw or b"<f>" not in raw


def test_a_csv_bears_the_mark_and_disarms_formulas(world: World) -> None:
    world.order("=1+1 的问题")
    done = made(ask(world, file_format="csv"))
    text = done.path.read_bytes().decode("utf-8-sig")
    assert text.startswith(("# zhihe甲", '"# zhihe甲'))
    assert "分析本社区工作" in text.splitlines()[0]
    assert "'=1+1" in text


def test_the_filter_of_the_list_goes_with_the_file(world: World) -> None:
    world.order("路灯")
    world.order("井盖", kind="HAZARD")
    assert made(ask(world, params={"kind": "HAZARD", "queue": "all"})).rows == 1


def test_the_same_file_is_not_made_twice_at_once_and_needs_a_reason(world: World) -> None:
    first = ask(world)
    with pytest.raises(Refused) as refused:
        ask(world)
    assert refused.value.code == "download_running"
    with pytest.raises(Refused) as empty:
        ask(world, reason="  ", params={"kind": "NEED"})
    assert empty.value.code == "download_reason"
    made(first)
    assert ask(world).state == State.QUEUED
    assert AuditRow.objects.filter(action="orders.export", why__contains="分析").count() == 2


@pytest.mark.parametrize("name", ["worker", "area", "dept", "volunteer", "secadmin", "resident"])
def test_who_lacks_the_right_gets_no_file(world: World, name: str) -> None:
    with pytest.raises(Refused) as refused:
        ask(world, name)
    assert refused.value.status == 403
    assert not Download.objects.exists()


def test_a_right_lost_while_waiting_makes_no_file(world: World) -> None:
    download = ask(world)
    Appointment.objects.filter(user=world.users["zhihe"]).delete()
    failed = made(download)
    assert (failed.state, failed.why_failed) == (State.FAILED, "download_right")
    assert not failed.path.exists()


def test_a_full_disk_fails_with_its_reason_and_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.order()
    download = ask(world)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 10, 0))
    failed = made(download)
    assert (failed.state, failed.why_failed) == (State.FAILED, "download_disk")
    assert list(models.folder().iterdir()) == []
    deliver_batch()
    bell = Notification.objects.filter(user=world.users["zhihe"])
    assert bell.filter(template="download_failed").count() == 1


def test_a_cancelled_file_stops_being_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        world.order()
    download = ask(world)
    monkeypatch.setattr(services, "BEAT_ROWS", 1)
    real = exports.newest_first

    def cancel_midway(rows: Any) -> Any:
        for row in real(rows):
            yield row
            services.cancel_download(download, actor=world.actor("zhihe"))

    monkeypatch.setattr(exports, "newest_first", cancel_midway)
    ended = made(download)
    assert (ended.state, ended.rows) == (State.CANCELLED, 1)
    assert not ended.path.exists()


def test_a_stopping_worker_leaves_no_half_file(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        world.order()
    download = ask(world)
    monkeypatch.setattr(services, "BEAT_ROWS", 1)
    services.run_download(download.pk, lambda: True)
    download.refresh_from_db()
    assert (download.state, download.why_failed) == (State.FAILED, "download_stopped")
    assert not download.path.exists()


def test_a_job_started_twice_writes_once(world: World) -> None:
    download = ask(world)
    first = made(download)
    assert made(download).made_at == first.made_at


def test_files_go_after_a_week_and_dead_jobs_are_given_up(world: World) -> None:
    old = made(ask(world))
    path = old.path
    dead = ask(world, params={"kind": "NEED"})
    Download.objects.filter(pk=dead.pk).update(state=State.RUNNING, beat_at=clock.now() - 2 * STALE)
    with clock.frozen(clock.now() + KEEP + timedelta(minutes=1)):
        assert services.sweep_downloads(actor=system("clock")) == {"gone": 1, "dead": 1}
        assert services.sweep_downloads(actor=system("clock")) == {"gone": 0, "dead": 0}
    old.refresh_from_db()
    dead.refresh_from_db()
    assert (old.state, dead.state) == (State.GONE, State.FAILED)
    assert not path.exists()
    with pytest.raises(Refused):
        services.take_file(old, actor=world.actor("zhihe"))


def test_only_the_owner_takes_the_file_and_taking_is_logged(world: World) -> None:
    done = made(ask(world))
    with pytest.raises(Refused):
        services.take_file(done, actor=world.actor("district"))
    assert services.take_file(done, actor=world.actor("zhihe")) == done.path
    assert AuditRow.objects.filter(action="downloads.take", after=done.sha256).count() == 1


def test_batches_of_the_export_lose_and_repeat_no_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.frozen(clock.now()):
        same = {world.order().number for _ in range(5)}
    later = {world.order().number for _ in range(2)}
    monkeypatch.setattr(exports, "BATCH", 2)
    found = [order.number for order in exports.newest_first(Order.objects.for_rows())]
    assert len(found) == 7
    assert set(found) == same | later


def test_a_reason_is_one_line_and_filters_are_text(world: World) -> None:
    assert ask(world, reason="核对\n=1+1\r\n台账").reason == "核对 =1+1 台账"
    for params in ({"q": "a\x00b"}, {"\x00": "1"}):
        with pytest.raises(Refused) as refusal:
            ask(world, params=params)
        assert (refusal.value.code, refusal.value.status) == ("bad_input", 422)
    assert Download.objects.count() == 1


def test_a_job_that_begins_again_after_its_worker_was_killed_says_so(world: World) -> None:
    download = ask(world)
    half = services.folder() / f"{download.pk}.xlsx"
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"half")
    running = Download.objects.filter(pk=download.pk)
    running.update(state=State.RUNNING, beat_at=clock.now())
    assert made(download).state == State.RUNNING  # it may still be written
    running.update(beat_at=clock.now() - LOST)
    lost = made(download)
    assert (lost.state, lost.why_failed, half.exists()) == (State.FAILED, "download_stopped", False)
