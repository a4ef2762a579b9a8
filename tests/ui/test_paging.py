"""Keyset paging: complete, in order, both ways, junk-proof."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridpact.accounts.models import User
from gridpact.grid.models import Appointment
from gridpact.ui.paging import BadCursor, Page, keyset_page

DAY = datetime(2026, 11, 1, tzinfo=UTC)
ORDERS = [
    ("last_login",),
    ("-last_login",),
    ("last_login", "-username"),
    ("name", "-last_login"),
    ("-name", "-username"),
    ("is_active", "-name", "last_login"),
    ("-pk",),
]


@pytest.fixture
def people(db: None) -> None:
    User.objects.filter(username__startswith="p-").delete()
    User.objects.bulk_create(
        User(
            username=f"p-{n:02d}",
            name=f"n{n % 4}",
            is_active=n % 3 > 0,
            last_login=None if n % 5 == 0 else DAY + timedelta(days=n % 6),
        )
        for n in range(23)
    )


def _rows() -> list[User]:
    return list(User.objects.filter(username__startswith="p-"))


def _sorted(order: tuple[str, ...]) -> list[str]:
    rows = sorted(_rows(), key=lambda user: user.pk, reverse=order[-1].startswith("-"))
    for part in reversed(order):
        name = part.lstrip("-")
        known = [user for user in rows if getattr(user, name) is not None]
        empty = [user for user in rows if getattr(user, name) is None]
        known.sort(key=lambda user: getattr(user, name), reverse=part.startswith("-"))
        rows = known + empty
    return [user.username for user in rows]


def _page(order: tuple[str, ...], cursor: str | None, size: int = 4) -> Page[User]:
    return keyset_page(User.objects.filter(username__startswith="p-"), order, cursor, size)


@pytest.mark.parametrize("order", ORDERS)
def test_pages_forward_give_every_row_once_in_order_with_nulls_last(
    people: None, order: tuple[str, ...]
) -> None:
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(20):
        page = _page(order, cursor)
        seen += [user.username for user in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == _sorted(order)


@pytest.mark.parametrize("order", ORDERS)
def test_pages_backward_retrace_the_way(people: None, order: tuple[str, ...]) -> None:
    forward: list[list[str]] = []
    page = _page(order, None)
    assert page.prev is None
    while True:
        forward.append([user.username for user in page.items])
        if page.next is None:
            break
        page = _page(order, page.next)
    backward = [forward.pop()]
    while page.prev is not None:
        page = _page(order, page.prev)
        backward.append([user.username for user in page.items])
        assert page.next is not None
    assert backward[1:] == forward[::-1]


def test_a_uniform_order_compares_rows_so_that_one_index_serves(people: None) -> None:
    first = _page(("name", "username"), None)
    with CaptureQueriesContext(connection) as caught:
        _page(("name", "username"), first.next)
    assert len(caught) == 1
    assert (
        '("accounts_user"."name", "accounts_user"."username", "accounts_user"."id") >'
        in (caught[0]["sql"])
    )


def test_a_related_column_orders_and_pages(world: object) -> None:
    order = ("cell__code", "-kind__code")
    want = [row.pk for row in Appointment.objects.order_by("cell__code", "-kind__code", "-pk")]
    got: list[int] = []
    cursor = None
    while True:
        page = keyset_page(Appointment.objects.select_related("cell", "kind"), order, cursor, 3)
        got += [row.pk for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert got == want


def _cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "junk",
    [
        "x", "%%%", "é", "A" * 2000, _cursor({}), _cursor([]), _cursor(["n"]), _cursor(["n", 1]),
        _cursor(["q", "n1", "p-01", 1]), _cursor(["n", "n1", "p-01", "one"]),
        _cursor(["n", "n1", "p-01", 10**40]), _cursor(["n", None, "p-01", 1]),
        _cursor(["n", ["a"], "p-01", 1]), _cursor(["n", "a\x00b", "p-01", 1]),
        _cursor(["n", "\ud800", "p-01", 1]), _cursor(["n", "n1", "p-01", None]),
    ],
)  # fmt: skip
def test_junk_cursors_are_refused(people: None, junk: str) -> None:
    with pytest.raises(BadCursor) as refused:
        _page(("name", "username"), junk)
    assert refused.value.status == 400


@pytest.mark.parametrize("value", ["yesterday", "2026-11-01", "2026-11-01T10:00:00", 5])
def test_a_time_that_is_none_is_refused(people: None, value: object) -> None:
    with pytest.raises(BadCursor):
        _page(("last_login",), _cursor(["n", value, 1]))
