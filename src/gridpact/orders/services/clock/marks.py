"""The clock looks at every order whose `mark_at` has come: it warns, gives cards, and acts.

Set-based and in batches: rows that another worker looks at are skipped (SKIP LOCKED), and what
was missed while no worker ran is made up for once, with the instants at which it was due.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, override

from gridpact.audit import services as audit
from gridpact.clocks.book import Book, book
from gridpact.clocks.choices import RED, UNRATED, WARN
from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.core.rows import CopyTable, execute
from gridpact.core.worktime import Office
from gridpact.notify import services as notify
from gridpact.orders.choices import Card, Light, Priority, State
from gridpact.orders.models import Order, OrderLog, Supervision
from gridpact.orders.services.clock.clockwork import CLOCK, higher
from gridpact.orders.services.clock.waiting import act_by_the_clock

_LEVELS = (Light.WARNED, Light.YELLOW, Light.RED)
_VERBS = {Light.WARNED: "warned", Light.YELLOW: "yellow_card", Light.RED: "red_card"}
_CARDS = {Light.YELLOW: Card.YELLOW, Light.RED: Card.RED}

# The open states are written out, so that the planner finds the partial index on `mark_at`.
_DUE = """
SELECT o.id, o.number, o.title, o.state, o.light, o.card, o.desk_id,
    o.handler_post_id, o.handler_org_id, o.handler_user_id,
    o.cell_id, o.grid_id, o.community_id, o.township_id, o.district_id, o.verified_at,
    s.id, s.step, s.started_at, s.minutes, s.by_clock, s.extra_minutes, s.paused_minutes,
    o.priority
FROM orders_order o JOIN orders_orderstep s ON s.order_id = o.id AND s.ended_at IS NULL
WHERE o.mark_at <= %s AND o.state IN (
    'SUBMITTED', 'ACCEPTED', 'TRIAGED', 'OFFERED', 'DISPATCHED', 'CLAIMED', 'HANDLING',
    'SUSPENDED', 'ESCALATED', 'DONE', 'VERIFIED')
ORDER BY o.mark_at LIMIT 5000 FOR UPDATE OF o SKIP LOCKED
"""
_MARK = """
UPDATE orders_order AS o SET light = v.light, mark_at = v.mark_at, card = v.card
FROM unnest(%s::bigint[], %s::smallint[], %s::timestamptz[], %s::text[])
    AS v (id, light, mark_at, card) WHERE o.id = v.id
"""
_MARK_STEPS = """
UPDATE orders_orderstep AS s SET light = v.light
FROM unnest(%s::bigint[], %s::smallint[]) AS v (id, light) WHERE s.id = v.id
"""


class Running(NamedTuple):
    """An order with its running step, as `_DUE` reads it."""

    id: int
    number: str
    title: str
    state: str
    light: int
    card: str
    desk_id: int
    post_id: int | None
    org_id: int | None
    user_id: int | None
    cell_id: int
    grid_id: int | None
    community_id: int | None
    township_id: int | None
    district_id: int | None
    verified_at: datetime | None
    step_id: int
    step: str
    started_at: datetime
    minutes: int
    by_clock: bool
    extra: int
    paused: int
    priority: str

    @property
    def cells(self) -> tuple[int | None, ...]:
        """The deepest cell first."""
        return self[10:15]


class Reached(NamedTuple):
    """A level that an order's clock has reached, and when."""

    row: Running
    level: Light
    at: datetime


class Seen(NamedTuple):
    """An order after a look: its light, its next mark, its card, and what it has reached."""

    row: Running
    light: int
    mark_at: datetime | None
    card: str
    reached: tuple[Reached, ...]


@transaction.atomic
def mark_batch(*, actor: Actor) -> int:
    """Look at up to 5,000 orders whose mark has come; returns how many were looked at."""
    now, pages = clock.now(), book()
    rows = [Running(*row) for row in execute(_DUE, [now])]
    if not rows:
        return 0
    with override(settings.LANGUAGE_CODE):
        waiting = [row.id for row in rows if row.state in {State.OFFERED, State.SUSPENDED}]
        lit = [row for row in rows if row.state not in {State.OFFERED, State.SUSPENDED}]
        seen = list(_look(lit, now, pages))
        _save(seen)
        _write([each for one in seen for each in one.reached], actor)
        unrated = [each.row.id for each in seen if _rating_is_over(each.row, now, pages)]
        act_by_the_clock([*waiting, *unrated], actor=actor)
    return len(rows)


def _rating_is_over(row: Running, now: datetime, pages: Book) -> bool:
    return (
        row.state == State.VERIFIED
        and row.verified_at is not None
        and row.verified_at + timedelta(days=pages.thresholds[UNRATED]) <= now
    )


def _look(rows: Sequence[Running], now: datetime, pages: Book) -> Iterator[Seen]:
    """What each clock has reached, computed for all orders of one office at once."""
    offices: dict[int, tuple[Office, list[Running]]] = {}
    for row in rows:
        office = pages.office(row.cells)
        offices.setdefault(id(office), (office, []))[1].append(row)
    for office, members in offices.values():
        instants = _instants(members, office, pages)
        for number, row in enumerate(members):
            yield _judge(row, instants[:, number].tolist(), now, pages)


def _instants(rows: Sequence[Running], office: Office, pages: Book) -> Any:
    """Seconds since 1970 of warning, limit and red card, shape (3, n); NaN = never."""
    starts = np.array([row.started_at.timestamp() for row in rows])
    whole = np.array([(row.minutes + row.extra) * 60.0 for row in rows])
    paused = np.array([row.paused * 60.0 for row in rows])
    by_clock = np.array([row.by_clock for row in rows])
    found = []
    for share in (pages.thresholds[WARN], 100, pages.thresholds[RED]):
        spans = whole * share / 100 + paused
        found.append(np.where(by_clock, starts + spans, office.add_many(starts, spans)))
    return np.array(found)


def _judge(row: Running, instants: list[float], now: datetime, pages: Book) -> Seen:
    moments = [None if at != at else datetime.fromtimestamp(at, UTC) for at in instants]  # noqa: PLR0124 - NaN
    reached = tuple(
        Reached(row, level, at)
        for level, at in zip(_LEVELS, moments, strict=True)
        if at is not None and at <= now and level > row.light
    )
    light = max((each.level for each in reached), default=row.light)
    ahead = [
        at
        for level, at in zip(_LEVELS, moments, strict=True)
        if at is not None and at > now and level > light
    ]
    if row.state == State.VERIFIED and row.verified_at is not None:
        over = row.verified_at + timedelta(days=pages.thresholds[UNRATED])
        ahead += [over] if over > now else []
    card = row.card
    for each in reached:
        card = higher(card, _CARDS.get(each.level, ""))
    return Seen(row, int(light), min(ahead, default=None), card, reached)


def _save(seen: Sequence[Seen]) -> None:
    if not seen:
        return
    execute(
        _MARK,
        [
            [one.row.id for one in seen],
            [one.light for one in seen],
            [one.mark_at for one in seen],
            [one.card for one in seen],
        ],
    )
    changed = [one for one in seen if one.reached]
    if changed:
        ids, lights = [one.row.step_id for one in changed], [one.light for one in changed]
        execute(_MARK_STEPS, [ids, lights])


def _write(reached: Sequence[Reached], actor: Actor) -> None:
    """Timeline, supervision, audit and messages of all levels reached, by COPY."""
    if not reached:
        return
    used, shares = gettext("%(share)s %% of the limit is used."), book().thresholds
    words = {
        Light.WARNED: used % {"share": shares[WARN]},
        Light.YELLOW: gettext("The limit has been reached."),
        Light.RED: used % {"share": shares[RED]},
    }
    now = clock.now()
    log = OrderLog(at=now, actor_name=CLOCK)
    _copy(
        log, ("order_id", "at", "verb", "before", "after", "text"),
        (
            (e.row.id, e.at, _VERBS[e.level], e.row.state, e.row.state, words[e.level])
            for e in reached
        ),
    )  # fmt: skip
    cards = [each for each in reached if each.level in _CARDS]
    given = Supervision(given_at=now)
    _copy(
        given, ("order_id", "card", "step", "reason", "given_at"),
        ((e.row.id, _CARDS[e.level], e.row.step, words[e.level], e.at) for e in cards),
    )  # fmt: skip
    entry = audit.draft(actor, "orders.mark", Order(), label="")
    _copy(
        entry, ("action", "subject_id", "subject_label", "why"),
        ((f"orders.{_VERBS[e.level]}", e.row.id, e.row.number, words[e.level]) for e in reached),
    )  # fmt: skip
    _copy(
        notify.draft("order_warned", {}, {}),
        ("template", "params", "audience", "link", "can_wait"),
        (_message(each) for each in reached),
    )


def _copy(template: Any, varying: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    CopyTable(template, varying, with_key=False).copy(rows)


def _message(each: Reached) -> tuple[str, str, str, str, bool]:
    """Whoever has the order, and the next level up; a red card one level more.

    Only what is said of an urgent order breaks the quiet hours.
    """
    row = each.row
    params = {"number": row.number, "title": row.title}
    audience = {
        "rule": "owner_and_above", "post": row.post_id, "org": row.org_id, "user": row.user_id,
        "desk": row.desk_id, "urgent": each.level == Light.RED,
    }  # fmt: skip
    return (
        f"order_{_VERBS[each.level]}", json.dumps(params, ensure_ascii=False),
        json.dumps(audience), f"/orders/{row.number}", row.priority != Priority.URGENT,
    )  # fmt: skip
