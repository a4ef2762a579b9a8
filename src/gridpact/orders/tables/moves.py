"""The moves as people see them: button words, icons, who may, and why one is not possible now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.core.texts import refusal_text
from gridpact.orders.choices import (
    BESIDE,
    MOVES,
    OPEN,
    RATING_DAYS,
    SOLVED,
    Klass,
    State,
)
from gridpact.orders.models import Order
from gridpact.orders.selectors.standing import is_rating_open
from gridpact.orders.services import allowed_now
from gridpact.ui.parts import Action


class Face(NamedTuple):
    """How a verb looks: icon, who may do it, one tap (no form needed), and whether it refuses."""

    icon: str
    who: Promise
    one_tap: bool = False
    danger: bool = False


_DESK = _("Done by the desk of the area.")
_HEAD = _("Done by the desk or the head of the area.")
_HANDLER = _("Done by the person or unit that has the order.")
_CLAIMER = _("Done by whoever took it on from the hall.")
_REPORTER = _("Done by the reporter.")
_OTHERS = _("Done by the desk or the head, never by the handler.")
_CALLER = _("Done by the desk that called the departments.")
_CALLED = _("Done by the departments that were called.")

FACES: dict[str, Face] = {
    "accept": Face("check", _HEAD, one_tap=True),
    "reject": Face("x", _DESK, danger=True),
    "withdraw": Face("arrow-back-up", _REPORTER, danger=True),
    "triage": Face("arrows-split-2", _HEAD),
    "offer": Face("hand-grab", _HEAD),
    "dispatch": Face("send", _HEAD),
    "claim": Face("heart-handshake", _("Done by units, members and field staff.")),
    "sign": Face("signature", _HANDLER, one_tap=True),
    "return": Face("arrow-back-up", _HANDLER, danger=True),
    "release": Face("arrow-back", _CLAIMER, danger=True),
    "start": Face("player-play", _HANDLER, one_tap=True),
    "note": Face("message-2", _HANDLER),
    "finish": Face("circle-check", _HANDLER),
    "verify_pass": Face("shield-check", _OTHERS),
    "verify_fail": Face("shield-x", _OTHERS, danger=True),
    "rate": Face("mood-smile", _("Done by the reporter, or by the desk calling back.")),
    "close": Face("lock", _DESK),
    "guide": Face("messages", _("Done by the head of the grid.")),
    "escalate": Face("arrow-up", _HEAD),
    "send_down": Face("arrow-down", _("Done by the desk it was sent up to.")),
    "whistle": Face("speakerphone", _("Done by the township or district desk.")),
    "merge": Face("git-merge", _HEAD),
    "urge": Face("bell-ringing", _("Done by the desk or the reporter.")),
    "supervise": Face("alert-octagon", _DESK, danger=True),
    "unsupervise": Face("circle-off", _DESK),
    "report_in": Face("map-pin-check", _CALLED, one_tap=True),
    "report_back": Face("message-reply", _CALLED),
    "rate_assist": Face("star", _CALLER),
    "contact": Face("phone-call", _HANDLER),
    "split": Face("arrows-split", _HEAD),
    "extend": Face("calendar-plus", _DESK),
    "suspend": Face("player-pause", _DESK),
    "resume": Face("player-play", _DESK, one_tap=True),
    "ask_extension": Face("calendar-question", _HANDLER),
    "refuse_extension": Face("calendar-x", _DESK),
}
LOG_ICONS = {
    "submit": "inbox", "take_in": "git-merge", "redo": "refresh", "hand_over": "transfer",
    "undo": "arrow-back-up", "add_words": "message-plus", "warned": "clock-exclamation",
    "yellow_card": "alert-triangle", "red_card": "alert-octagon", "card_lifted": "circle-off",
    "due_moved": "calendar-time", "take_over": "home", "review": "calendar-event",
}  # fmt: skip
# Acts that may be wanted at any time: behind "more", so that the way of the order stays in view.
_ASIDE = frozenset(
    {
        "merge",
        "urge",
        "supervise",
        "unsupervise",
        "split",
        "contact",
        "extend",
        "suspend",
        "ask_extension",
    }
)
# Which of several possible moves is the one red button.
_FIRST = (
    "verify_pass", "finish", "start", "sign", "accept", "claim", "report_in", "report_back",
    "dispatch", "triage", "rate", "close",
)  # fmt: skip


def face_of(verb: str) -> Face:
    """The face of a verb with a page; KeyError for others."""
    return FACES[verb]


def icon_of(verb: str) -> str:
    """The icon of a verb on the timeline."""
    return LOG_ICONS.get(verb) or (FACES[verb].icon if verb in FACES else "point")


def title_of(verb: str) -> str:
    """What the timeline calls a move."""
    if verb == "submit":
        return gettext("Order placed")
    if verb in BESIDE:
        return str(BESIDE[verb])
    return str(MOVES[verb].name) if verb in MOVES else verb


def why_not(order: Order, verb: str) -> str:
    """Why a move is not possible now: the state it needs, else who does it."""
    move = MOVES.get(verb)
    if move is None or order.state in move.sources:
        return str(FACES[verb].who)
    states = [str(State(state).label) for state in State if state in move.sources]
    if len(states) == len(OPEN):
        return gettext("Possible until it has ended.")
    return gettext("Possible when: %(states)s.") % {"states": gettext(", ").join(states)}


def _refusal(order: Order, verb: str, *, claimed: bool, mine: bool) -> str:
    """The refusal the verb itself would give though state and person would allow it, or nothing."""
    if verb == "rate":
        return _rating_refusal(order)
    klass = {"klass": order.get_klass_display() or "–"}
    away = {
        "claim": ("claimed_already", mine),
        "return": ("release_instead", claimed),
        "release": ("not_claimed", not claimed),
        "guide": ("only_private", order.klass != Klass.PRIVATE),
        "offer": ("only_easy", order.klass != Klass.EASY),
        "escalate": ("only_public_or_hard", order.klass not in {Klass.PUBLIC, Klass.HARD}),
        "whistle": ("private_stays", order.klass == Klass.PRIVATE),
        "unsupervise": ("no_card", not order.card),
        "suspend": ("only_hard", order.klass != Klass.HARD),
    }
    code, holds = away.get(verb, ("", False))
    return refusal_text(code, klass) if holds else ""


def _rating_refusal(order: Order) -> str:
    """Each result is rated once, within its days."""
    if order.state not in SOLVED or is_rating_open(order):
        return ""
    if any(rating.round == order.redone for rating in order.ratings.all()):
        return refusal_text("rated_already", {})
    return refusal_text("rating_over", {"days": RATING_DAYS})


def actions_of(
    order: Order,
    actor: Actor,
    *,
    claimed: bool = False,
    mine: bool = False,
    acts: Sequence[str] = (),
) -> list[Action]:
    """Every move of the table: those possible now for this actor, the others with the reason.

    What was `claimed` from the hall is given back to it; what was dispatched is returned; with a
    place in it that is `mine`, nobody claims once more. `acts`
    are those beside the table that are possible now.
    """
    refusals = {verb: _refusal(order, verb, claimed=claimed, mine=mine) for verb in FACES}
    moves = [verb for verb in allowed_now(order, actor) if verb in FACES and not refusals[verb]]
    possible = [*moves, *acts]
    first = next((verb for verb in _FIRST if verb in possible), "")
    ordered = sorted(possible, key=lambda verb: (verb != first, FACES[verb].danger))
    several_units = len([m for m in actor.memberships if "orders.claim_org" in m.rights]) > 1
    actions = [
        Action(
            title_of(verb),
            reverse("orders:move", args=(order.number, verb)),
            FACES[verb].icon,
            method="post" if _is_one_tap(verb, several_units=several_units) else "get",
            primary=verb == first,
            danger=FACES[verb].danger,
            aside=verb in _ASIDE,
        )
        for verb in ordered
    ]
    actions += [
        Action(
            title_of(verb),
            icon=FACES[verb].icon,
            possible=False,
            reason=_reason(order, verb, refusals[verb]),
        )
        for verb in FACES
        if verb in MOVES and verb not in possible
    ]
    return actions


def _reason(order: Order, verb: str, refusal: str) -> str:
    """The refusal the verb itself would give, where the state alone would allow the move."""
    return refusal if refusal and order.state in MOVES[verb].sources else why_not(order, verb)


def _is_one_tap(verb: str, *, several_units: bool) -> bool:
    """Claiming asks for the unit only when the person speaks for several."""
    return not several_units if verb == "claim" else FACES[verb].one_tap
