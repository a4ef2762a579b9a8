"""How long each step may take (codes/sla_defaults.csv); working days are 7 working hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from gridpact.core.worktime import DAY_MINUTES, Limit, due
from gridpact.orders.choices import STEP_OF, Klass, State, Step

_DAY = DAY_MINUTES
_HANDLE = {
    Klass.EASY: Limit(3 * _DAY),  # case.handle.easy
    Klass.PUBLIC: Limit(10 * _DAY),  # case.handle.public
    Klass.HARD: Limit(15 * _DAY),  # case.handle.hard
    Klass.PRIVATE: Limit(3 * _DAY),  # case.handle.private
}
_STEPS = {
    Step.ACCEPT: Limit(120),  # case.accept: 2 working hours
    Step.DISPATCH: Limit(240),  # case.dispatch: 4 working hours
    Step.CLAIM: Limit(15 * 24 * 60, clock=True),  # wish.claim: unclaimed 15 days
    Step.SIGN: Limit(24 * 60, clock=True),  # case.sign: 24 clock hours
    Step.VERIFY: Limit(2 * _DAY),  # case.verify
    Step.CALL_BACK: Limit(2 * _DAY),  # case.visit
}
_REDO = Limit(5 * _DAY)  # case.redo
PROMISE = Limit(120 + 240 + 10 * _DAY)  # accept + dispatch + the limit of a public matter

Calendar = Mapping[date, bool]


def limit_of(step: Step, klass: str, *, redone: bool = False) -> Limit:
    """The limit of one step for an order of class `klass` (empty = not triaged yet)."""
    if step is not Step.HANDLE:
        return _STEPS[step]
    if redone:
        return _REDO
    return _HANDLE[Klass(klass)] if klass else _HANDLE[Klass.PUBLIC]


def step_and_due(
    state: str, klass: str, start: datetime, calendar: Calendar, *, redone: bool = False
) -> tuple[str, datetime | None]:
    """The step that runs in `state` and its due instant; ended states have neither."""
    step = STEP_OF.get(State(state))
    if step is None:
        return "", None
    return step.value, due(start, limit_of(step, klass, redone=redone), calendar)


def promise(start: datetime, calendar: Calendar) -> datetime:
    """What the resident is promised when placing an order, before anyone has classed it."""
    return due(start, PROMISE, calendar)
