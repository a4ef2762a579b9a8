"""The demo year: figures come out exactly, every order's rows are consistent, real verbs go on."""

from __future__ import annotations

import stat
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password
from django.core.files.storage import default_storage
from django.db.models import Count, F, Q

from gridpact.accounts.models import User
from gridpact.audit.services import verify_chain
from gridpact.core import clock
from gridpact.core.access import Actor, system
from gridpact.demo.build import build_demo, is_empty
from gridpact.demo.management.commands.build_demo import demo_password
from gridpact.demo.people import ACCOUNT_LABELS, PERSONAS
from gridpact.grid.models import Appointment
from gridpact.notify.models import Outbox
from gridpact.orders.choices import ENDED, MOVES, State
from gridpact.orders.models import Order, OrderLog, OrderStep
from gridpact.orders.services import Intake, accept_order, open_order
from gridpact.orgs.models import Org
from gridpact.orgs.selectors import actor_for
from gridpact.reports.selectors import figures
from tests.conftest import _empty_all_tables

PASSWORD = "nine wooden bridges"
# product.md, the column "Demo", as far as this version computes it
EXPECTED = {
    "grids": 154,
    "building_leaders": 826,
    "unit_leaders": 1239,
    "work_items": 20,
    "grid_worker_duties": 9,
    "duty_assign_rate": 1.0,
    "suggestions": 420,
    "disputes_resolved": 70,
    "wishes": 700,
    "service_areas": 10,
    "public_solved": 51,
    "easy_private_solved": 680,
    "hard_solved": 95,
    "deeds_done": 940,
    "member_claims_solved": 110,
}


@pytest.fixture
def demo(db: None, settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings
    _empty_all_tables()
    build_demo(password=PASSWORD)


def test_the_demo_reproduces_the_figures_and_its_rows_hold_together(demo: None) -> None:
    found = figures(system("test"))
    assert {key: found[key]["value"] for key in EXPECTED} == EXPECTED
    assert not is_empty()
    assert build_demo(password=PASSWORD) == {}
    _people_are_complete()
    _numbers_are_unique_and_dense()
    _timelines_follow_the_table()
    _clocks_fit_the_states()
    _proof_is_there()
    _life_goes_on()


def _people_are_complete() -> None:
    assert set(ACCOUNT_LABELS) == set(PERSONAS)
    accounts = {user.username: user for user in User.objects.filter(username__in=PERSONAS)}
    assert set(accounts) == set(PERSONAS)
    assert all(check_password(PASSWORD, user.password) for user in accounts.values())
    others = User.objects.exclude(username__in=PERSONAS)
    assert not any(user.has_usable_password() for user in others[:50])
    heads = Appointment.objects.in_term().filter(kind__is_head=True)
    twice = heads.values("cell").annotate(n=Count("id")).filter(n__gt=1)
    assert (heads.count(), twice.count()) == (26 + 154 + 826 + 1239, 0)
    assert Org.objects.exclude(kind="DEPARTMENT").count() == 50


def _numbers_are_unique_and_dense() -> None:
    serials: dict[str, list[int]] = {}
    year = str(clock.today().year)
    for number in Order.objects.values_list("number", flat=True):
        assert number.startswith(f"LG{year}")
        serials.setdefault(number[2:10], []).append(int(number[10:]))
    assert all(sorted(of_day) == list(range(1, len(of_day) + 1)) for of_day in serials.values())


def _timelines_follow_the_table() -> None:
    now, lines = clock.now(), Counter[int]()
    state: dict[int, str] = {}
    last: dict[int, datetime] = {}
    for line in OrderLog.objects.order_by("id"):
        assert last.get(line.order_id, datetime.min.replace(tzinfo=UTC)) <= line.at <= now
        assert line.before == state.get(line.order_id, "")
        if line.verb in MOVES:
            assert line.before in MOVES[line.verb].sources
        state[line.order_id], last[line.order_id] = line.after, line.at
        lines[line.order_id] += 1
    assert state == dict(Order.objects.values_list("pk", "state"))
    assert set(state_values()) == set(State.values)
    verdict = verify_chain()
    assert (verdict.broken, verdict.unsealed) == (None, 0)
    assert verdict.rows > sum(lines.values())
    assert not Outbox.objects.filter(done_at__isnull=True).exists()


def state_values() -> list[str]:
    return list(Order.objects.values_list("state", flat=True).distinct())


def _clocks_fit_the_states() -> None:
    running = Q(steps__ended_at__isnull=True, steps__isnull=False)
    counted = Order.objects.annotate(n=Count("steps", filter=running))
    assert not counted.filter(state__in=ENDED, n__gt=0).exists()
    assert not counted.exclude(state__in=ENDED).exclude(n=1).exists()
    assert not OrderStep.objects.filter(ended_at__lt=F("started_at")).exists()
    assert not Order.objects.filter(state__in=ENDED, due_at__isnull=False).exists()
    held = (
        Q(handler_post__isnull=False) | Q(handler_org__isnull=False) | Q(handler_user__isnull=False)
    )
    assert (
        not Order.objects.filter(state__in=("CLAIMED", "HANDLING", "DISPATCHED", "DONE"))
        .exclude(held)
        .exists()
    )
    assert not Order.objects.filter(
        finished_by=F("handler_user_id"), verified_at__lt=F("finished_at")
    ).exists()
    busy = Order.objects.filter(state__in=("ACCEPTED", "TRIAGED", "DISPATCHED", "HANDLING", "DONE"))
    assert 0 < busy.overdue().count() < busy.count() / 3


def _proof_is_there() -> None:
    finished = Order.objects.filter(finished_at__isnull=False)
    assert not finished.exclude(photos__role="AFTER").exists()
    assert not finished.filter(answer="").exists()
    photo = finished[0].photos.all()[0]
    assert default_storage.open(photo.file.name).read(3) == b"\xff\xd8\xff"
    assert default_storage.exists(photo.thumb.name)


def _life_goes_on() -> None:
    """A real order gets the next number of the day and is moved by a demo account."""
    today = f"{clock.today():%Y%m%d}"
    before = Order.objects.filter(number__startswith=f"LG{today}").count()
    order = open_order(
        Intake(text="路灯不亮", cell="450312100012", anonymous=True),
        actor=Actor(address="127.0.0.1"),
    )
    assert order.number == f"LG{today}{before + 1:06d}"
    zhihe = actor_for(User.objects.get(username="zhihe"))
    assert accept_order(order, actor=zhihe).state == "ACCEPTED"
    neighbour = actor_for(User.objects.get(username="neighbour"))
    assert not Order.objects.visible_to(neighbour).filter(pk=order.pk).exists()
    waiting = Order.objects.visible_to(zhihe).filter(state="SUBMITTED")
    accept_order(waiting[0], actor=zhihe)


def test_the_password_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = demo_password(tmp_path)
    assert len(first) == 16
    assert demo_password(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "demo-password").stat().st_mode) == 0o600
