"""An order like a parcel: six stops with times and limits, and below them what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gridpact.core.worktime import DAY_MINUTES, Limit
from gridpact.notices.masks import (
    is_reporters_own,
    public_handler,
    public_person,
)
from gridpact.notices.selectors.follow import Followed
from gridpact.orders.choices import RATING_DAYS, SOLVED, State, Step
from gridpact.orders.limits import limit_of
from gridpact.orders.models import OrderLog, OrderStep
from gridpact.orders.selectors.standing import public_text
from gridpact.ui import parts, times


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop: the clocks that run before it is reached, and the verbs that reach it."""

    label: Promise
    clocks: tuple[Step, ...]
    verbs: tuple[str, ...]


STOPS = (
    Stop(gettext_lazy("Order placed"), (), ("submit",)),
    Stop(gettext_lazy("Taken in by the desk"), (Step.ACCEPT,), ("accept",)),
    Stop(
        gettext_lazy("Somebody takes it on"),
        (Step.DISPATCH, Step.CLAIM, Step.SIGN),
        ("claim", "sign"),
    ),
    Stop(gettext_lazy("Work on site"), (Step.HANDLE,), ("finish",)),
    Stop(gettext_lazy("Result checked by somebody else"), (Step.VERIFY,), ("verify_pass",)),
    Stop(gettext_lazy("Your rating"), (Step.CALL_BACK,), ("rate", "close")),
)
HANDLER_STOPS = (2, 3)
RATING_STOP = 5
# How many stops are behind an order in each state.
_REACHED = {
    State.SUBMITTED: 1, State.ACCEPTED: 2, State.TRIAGED: 2, State.ESCALATED: 2, State.OFFERED: 2,
    State.DISPATCHED: 2, State.CLAIMED: 3, State.HANDLING: 3, State.SUSPENDED: 3, State.DONE: 4,
    State.VERIFIED: 5, State.CLOSED: 6,
}  # fmt: skip
_STOPPED = (State.REJECTED, State.WITHDRAWN, State.MERGED)

HAPPENED: dict[str, tuple[Promise, str, parts.Tone]] = {
    "submit": (gettext_lazy("Order placed"), "message-plus", ""),
    "accept": (gettext_lazy("Taken in"), "inbox", "blue"),
    "reject": (gettext_lazy("Not taken in"), "x", "red"),
    "withdraw": (gettext_lazy("Withdrawn"), "arrow-back-up", ""),
    "triage": (gettext_lazy("Sorted"), "arrows-split-2", ""),
    "offer": (gettext_lazy("Offered in the claim hall"), "hand-grab", ""),
    "dispatch": (gettext_lazy("Sent out"), "send", "blue"),
    "escalate": (gettext_lazy("Sent to the level above"), "arrow-up", "amber"),
    "claim": (gettext_lazy("Taken on"), "hand-stop", "blue"),
    "sign": (gettext_lazy("Signed for"), "check", "blue"),
    "return": (gettext_lazy("Given back to the desk"), "arrow-back", "amber"),
    "release": (gettext_lazy("Given back to the hall"), "arrow-back", "amber"),
    "start": (gettext_lazy("Work began"), "player-play", "blue"),
    "note": (gettext_lazy("Progress"), "notes", ""),
    "finish": (gettext_lazy("Work finished"), "tool", "green"),
    "verify_pass": (gettext_lazy("Checked and passed"), "shield-check", "green"),
    "verify_fail": (gettext_lazy("Checked, must be improved"), "refresh", "amber"),
    "rate": (gettext_lazy("Rated"), "mood-smile", "gold"),
    "close": (gettext_lazy("Closed"), "lock", ""),
    "redo": (gettext_lazy("Opened again, to be done once more"), "refresh", "amber"),
    "guide": (gettext_lazy("Guided by the grid"), "users", "blue"),
    "send_down": (gettext_lazy("Sent back down"), "arrow-down", "amber"),
    "whistle": (gettext_lazy("Several departments were called"), "speakerphone", "blue"),
    "extend": (gettext_lazy("More time was granted"), "calendar-plus", "amber"),
    "suspend": (gettext_lazy("Parked, looked at again every month"), "player-pause", "amber"),
    "resume": (gettext_lazy("Work goes on"), "player-play", "blue"),
    "hand_over": (gettext_lazy("Handed over to a colleague"), "user-share", ""),
    "merge": (gettext_lazy("Put together with the same matter"), "arrows-join", ""),
    "urge": (gettext_lazy("Asked to hurry"), "bell-ringing", "amber"),
    "supervise": (gettext_lazy("Put under supervision"), "eye-check", "amber"),
    "unsupervise": (gettext_lazy("Supervision lifted"), "eye-off", ""),
    "contact": (gettext_lazy("Contacted"), "phone", ""),
    "add_words": (gettext_lazy("More was said"), "message-plus", ""),
}


def limit_words(limit: Limit) -> str:
    """A limit as people say it: within 3 working days, within 24 hours."""
    if limit.clock:
        hours = limit.minutes // 60
        if hours <= 48:
            return ngettext("within %(n)d hour", "within %(n)d hours", hours) % {"n": hours}
        days = hours // 24
        return ngettext("within %(n)d day", "within %(n)d days", days) % {"n": days}
    if limit.minutes < DAY_MINUTES:
        hours = limit.minutes // 60
        words = ngettext("within %(n)d working hour", "within %(n)d working hours", hours)
        return words % {"n": hours}
    days = limit.minutes // DAY_MINUTES
    return ngettext("within %(n)d working day", "within %(n)d working days", days) % {"n": days}


def promise_parts() -> list[tuple[str, str]]:
    """What the promised date is made of: the steps up to the result, each with its limit."""
    made = (
        (Step.ACCEPT, STOPS[1].label),
        (Step.DISPATCH, STOPS[2].label),
        (Step.HANDLE, STOPS[3].label),
    )
    return [(str(label), limit_words(limit_of(step, ""))) for step, label in made]


def stops(seen: Followed) -> list[parts.Step]:
    """The six stops of an order; one that was refused or withdrawn ends after the first."""
    order = seen.order
    if order.state in _STOPPED:
        return [_stop(seen, 0, "done"), _end(seen)]
    reached = _REACHED[State(order.state)]
    made = []
    for index in range(len(STOPS)):
        state: Literal["done", "now", "next"] = (
            "done" if index < reached else "now" if index == reached else "next"
        )
        made.append(_stop(seen, index, state))
    return made


def _last(log: list[OrderLog], verbs: tuple[str, ...]) -> OrderLog | None:
    return next((line for line in reversed(log) if line.verb in verbs), None)


def _stop(seen: Followed, index: int, state: Literal["done", "now", "next"]) -> parts.Step:
    stop, order = STOPS[index], seen.order
    line = _last(seen.log, stop.verbs) if state == "done" else None
    who = ""
    if index in HANDLER_STOPS and state != "next":
        who = public_handler(order)
    elif line is not None and not is_reporters_own(order, line):
        who = public_person(line)
    text = ""
    if index == RATING_STOP:
        # The clock of this stop is the desk's, for calling back; the resident has longer.
        text = "" if state == "done" else limit_words(Limit(RATING_DAYS * 24 * 60, clock=True))
    elif state == "done":
        text = _kept(seen.steps, stop)
    elif state == "next" and stop.clocks:
        text = limit_words(limit_of(stop.clocks[0], order.klass, redone=order.redone > 0))
    return parts.Step(
        label=stop.label,
        state=state,
        at=_reached_at(seen, index, line),
        who=who,
        text=text,
        limit=order.due_at if state == "now" and index != RATING_STOP else None,
    )


def _reached_at(seen: Followed, index: int, line: OrderLog | None) -> datetime | None:
    if index == 0:
        return seen.order.created_at
    return line.at if line is not None else None


def _kept(steps: list[OrderStep], stop: Stop) -> str:
    """Whether the last clock of a stop that is behind us was kept; nothing where none ran."""
    run = next((row for row in reversed(steps) if row.step in stop.clocks), None)
    if run is None or run.ended_at is None:
        return ""
    word = _("on time") if run.ended_at <= run.due_at else _("later than the limit")
    limit = _("limit %(at)s") % {"at": times.moment(run.due_at)}
    return f"{word} · {limit}"


def _end(seen: Followed) -> parts.Step:
    line = _last(seen.log, ("reject", "withdraw", "merge"))
    label = HAPPENED.get(line.verb, (STOPS[0].label, "", ""))[0] if line else _("Ended")
    return parts.Step(
        label=label,
        state="done" if seen.order.state == State.MERGED else "failed",
        at=seen.order.closed_at,
        who="" if line is None or is_reporters_own(seen.order, line) else public_person(line),
        text=line.told if line is not None else "",
    )


def parked(seen: Followed) -> str:
    """Why a parked order waits and when it is looked at again; empty while it moves."""
    if seen.order.state != State.SUSPENDED:
        return ""
    line = _last(seen.log, ("suspend",))
    return public_text(seen.order, line.told) if line is not None else ""


def entries(seen: Followed) -> list[parts.Entry]:
    """What happened, newest first. The public reads told texts masked, and no unchecked answer."""
    return [_entry(seen, line) for line in reversed(seen.log)]


def _entry(seen: Followed, line: OrderLog) -> parts.Entry:
    title, icon, tone = HAPPENED.get(line.verb, (gettext_lazy("Moved on"), "point", ""))
    own = is_reporters_own(seen.order, line)
    return parts.Entry(
        at=line.at,
        title=title,
        who=_("reporter") if own else public_person(line) or _("automatic"),
        text=told(seen, line),
        icon=icon,
        tone=tone,
    )


def told(seen: Followed, line: OrderLog) -> str:
    """The text of a line for this reader: the resident reads what was written to them."""
    if seen.is_holder:
        return line.told
    if line.verb == "finish" and seen.order.state not in SOLVED:
        return ""
    return public_text(seen.order, line.told)
