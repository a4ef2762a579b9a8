"""How many orders of which sort the demo year holds, and when each of their moves happens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from gridpact.core.clock import LOCAL
from gridpact.core.worktime import Limit, Office, due
from gridpact.orders.choices import STEP_OF, Kind, Klass, State, Step
from gridpact.orders.limits import limit_of

CORE = (Kind.NEED, Kind.HAZARD, Kind.CONSULTATION, Kind.REPORT)
DISPUTE, WISH, SUGGESTION = (Kind.DISPUTE,), (Kind.WISH,), (Kind.SUGGESTION,)
UNIT, MEMBER, POST, DEPT = "unit", "member", "post", "dept"


@dataclass(frozen=True, slots=True)
class Sort:
    """`count` orders of some kinds and a class that were taken on by `means` and stand in `end`."""

    kinds: tuple[Kind, ...]
    klass: Klass
    means: str
    end: State
    count: int


def _each(
    kinds: tuple[Kind, ...], klass: Klass, means: str, ends: dict[State, int]
) -> Iterator[Sort]:
    for end, count in ends.items():
        yield Sort(kinds, klass, means, end, count)


_S = State
# Solved by class, without wishes and suggestions: 51 public, 680 easy and private, 95 hard.
# Solved by a claim: 310 + 110 + 520 = 940, of which 110 in person. Disputes solved: 58 + 12 = 70.
# Collected: 520 + 180 = 700 wishes and 380 + 40 = 420 suggestions.
PROGRAMME: tuple[Sort, ...] = (
    Sort(CORE, Klass.EASY, UNIT, _S.CLOSED, 310),
    Sort(CORE, Klass.EASY, MEMBER, _S.CLOSED, 110),
    Sort(CORE, Klass.EASY, POST, _S.CLOSED, 110),
    Sort(CORE, Klass.PRIVATE, POST, _S.CLOSED, 92),
    Sort(DISPUTE, Klass.PRIVATE, POST, _S.CLOSED, 58),
    Sort(CORE, Klass.PUBLIC, DEPT, _S.CLOSED, 51),
    Sort(CORE, Klass.HARD, DEPT, _S.CLOSED, 83),
    Sort(DISPUTE, Klass.HARD, DEPT, _S.CLOSED, 12),
    Sort(WISH, Klass.EASY, UNIT, _S.CLOSED, 520),
    Sort(SUGGESTION, Klass.EASY, POST, _S.CLOSED, 200),
    Sort(SUGGESTION, Klass.PUBLIC, DEPT, _S.CLOSED, 180),
    *_each(WISH, Klass.EASY, UNIT, {
        _S.OFFERED: 72, _S.CLAIMED: 30, _S.HANDLING: 43, _S.DONE: 17, _S.SUBMITTED: 10,
        _S.ACCEPTED: 4, _S.TRIAGED: 4,
    }),
    *_each(SUGGESTION, Klass.EASY, POST, {
        _S.SUBMITTED: 6, _S.ACCEPTED: 4, _S.TRIAGED: 4, _S.DISPATCHED: 8, _S.CLAIMED: 6,
        _S.HANDLING: 10, _S.DONE: 2,
    }),
    *_each(CORE, Klass.EASY, UNIT, {
        _S.SUBMITTED: 12, _S.ACCEPTED: 6, _S.TRIAGED: 6, _S.OFFERED: 22, _S.CLAIMED: 6,
        _S.HANDLING: 10, _S.DONE: 6, _S.WITHDRAWN: 8, _S.REJECTED: 6,
    }),
    *_each(CORE, Klass.EASY, POST, {
        _S.DISPATCHED: 12, _S.CLAIMED: 8, _S.HANDLING: 14, _S.DONE: 6,
    }),
    *_each(DISPUTE, Klass.PRIVATE, POST, {
        _S.SUBMITTED: 4, _S.TRIAGED: 4, _S.DISPATCHED: 5, _S.HANDLING: 8, _S.DONE: 3,
    }),
    *_each(CORE, Klass.PUBLIC, DEPT, {
        _S.SUBMITTED: 8, _S.ACCEPTED: 8, _S.TRIAGED: 6, _S.DISPATCHED: 8, _S.CLAIMED: 6,
        _S.HANDLING: 10, _S.DONE: 4, _S.REJECTED: 6, _S.WITHDRAWN: 2,
    }),
    *_each(CORE, Klass.HARD, DEPT, {
        _S.DISPATCHED: 4, _S.CLAIMED: 4, _S.HANDLING: 10, _S.DONE: 2, _S.ESCALATED: 6,
    }),
)  # fmt: skip

_AFTER = {  # working minutes after the move before it
    "accept": (5, 110),
    "triage": (10, 120),
    "offer": (5, 60),
    "dispatch": (5, 90),
    "claim": (30, 1200),
    "sign": (10, 200),
    "start": (10, 150),
    "return": (60, 300),
    "note": (60, 240),
    "verify_pass": (60, 700),
    "verify_fail": (60, 500),
    "rate": (120, 1600),
    "close": (500, 1300),
    "reject": (10, 110),
    "withdraw": (20, 200),
}
_STAGES = (
    _S.SUBMITTED,
    _S.ACCEPTED,
    _S.TRIAGED,
    None,
    _S.CLAIMED,
    _S.HANDLING,
    _S.DONE,
    _S.VERIFIED,
)


_SHORT = {
    _S.REJECTED: ("reject",),
    _S.WITHDRAWN: ("accept", "withdraw"),
    _S.ESCALATED: ("accept", "triage", "dispatch", "return", "dispatch", "return"),
}


def route(sort: Sort, index: int, end: State) -> list[str]:
    """The verbs of the `index`-th order of a sort; some are returned, reworked or done again."""
    if end in _SHORT:
        return list(_SHORT[end])
    taken = ["offer", "claim"] if sort.means in {UNIT, MEMBER} else ["dispatch", "sign"]
    verbs = ["accept", "triage", *taken, "start", "finish", "verify_pass"]
    if end in {_S.OFFERED, _S.DISPATCHED}:
        return verbs[:3]
    if end is not _S.CLOSED:
        verbs = verbs[: _STAGES.index(end)]
        return [*verbs, "note"] if end is _S.HANDLING and index % 2 else verbs
    if taken[0] == "dispatch" and index % 29 == 7:
        verbs[2:3] = ["dispatch", "return", "dispatch"]
    if index % 31 == 5:
        verbs[-1:] = ["verify_fail", "finish", "verify_pass"]
    if index % 59 == 11:
        return [*verbs, "rate", "finish", "verify_pass", "rate"]
    return [*verbs, "close" if index % 5 == 3 else "rate"]


# The move that starts the clock of a step which outlives it.
_BEGINS = {Step.DISPATCH: ("accept",), Step.HANDLE: ("claim", "sign")}


class Timing:
    """Moments of the demo year: office hours for the offices, daytime for residents."""

    def __init__(self, now: datetime, office: Office, rng: Random) -> None:
        self.now, self.office, self.rng = now, office, rng
        today = now.astimezone(LOCAL).date()
        self.first = datetime.combine(date(today.year, 1, 1), time(0, 5), LOCAL)

    def moments(self, verbs: list[str], klass: str, end: State) -> list[datetime]:
        """When the order is placed and when each verb happens, all of this year and in the past.

        Orders that are still open moved last so recently that most of them are within their limit.
        Offers are never late: the clock takes them back as soon as their days are over.
        """
        late = self.rng.random() < 0.14 and STEP_OF.get(end) is not Step.CLAIM
        times = self._run(self.now - timedelta(days=30), verbs, klass)
        for _ in range(24):
            start = self.now - self._age(klass, end, late=late) - (times[-1] - times[0])
            start = max(start, self.first + timedelta(hours=8) * self.rng.random())
            times = self._run(self._daytime(start), verbs, klass)
            in_year = times[-1] <= self.now and times[0] >= self.first
            if in_year and (late or self._in_time(times, verbs, klass, end)):
                return times
        return self._squeezed(times)

    def _in_time(self, times: list[datetime], verbs: list[str], klass: str, end: State) -> bool:
        """Whether the step that runs now still has time."""
        step = STEP_OF.get(end)
        if step is None:
            return True
        began = next((i for i, verb in enumerate(verbs, 1) if verb in _BEGINS.get(step, ())), None)
        start = times[-1] if began is None else times[began]
        return due(start, limit_of(step, klass), self.office) > self.now

    def _age(self, klass: str, end: State, *, late: bool) -> timedelta:
        """How long ago the last move was."""
        if STEP_OF.get(end) is None:
            year = (self.now - self.first).total_seconds()
            return timedelta(seconds=self.rng.uniform(0.0, 1.0) * year)
        limit = limit_of(STEP_OF[end], klass)
        minutes = limit.minutes if limit.clock else limit.minutes * 1440 / self.office.day_minutes
        share = self.rng.uniform(1.3, 2.2) if late else self.rng.uniform(0.01, 0.6)
        return timedelta(minutes=minutes * share)

    def _run(self, start: datetime, verbs: list[str], klass: str) -> list[datetime]:
        times = [start]
        handle = limit_of(STEP_OF[_S.HANDLING], klass).minutes
        for verb in verbs:
            if verb == "finish":
                late = self.rng.random() < 0.07
                share = self.rng.uniform(1.1, 1.6) if late else self.rng.uniform(0.1, 0.75)
                minutes = int(handle * share)
            else:
                minutes = self.rng.randint(*_AFTER[verb])
            times.append(due(times[-1], Limit(max(minutes, 1)), self.office))
        return times

    def _daytime(self, moment: datetime) -> datetime:
        """Residents write between seven in the morning and ten at night."""
        local = moment.astimezone(LOCAL)
        if 7 <= local.hour < 22:
            return moment
        return local.replace(hour=self.rng.randint(7, 21), minute=self.rng.randint(0, 59))

    def _squeezed(self, times: list[datetime]) -> list[datetime]:
        """Early in the year a life does not fit: the same order of moves, closer together."""
        room = self.now - timedelta(minutes=1) - self.first
        length = max((times[-1] - times[0]).total_seconds(), 1.0)
        share = min(room.total_seconds() / length, 1.0)
        last = self.now - timedelta(minutes=1)
        return [last - (times[-1] - moment) * share for moment in times]
