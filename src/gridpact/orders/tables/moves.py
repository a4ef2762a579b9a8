"""The moves as people see them: button words, icons, who may, and why one is not possible now."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.core.texts import refusal_text
from gridpact.orders.choices import MOVES, State
from gridpact.orders.models import Order
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
}
LOG_ICONS = {"submit": "inbox", "redo": "refresh", "hand_over": "transfer"}
# Which of several possible moves is the one red button.
_FIRST = (
    "verify_pass", "finish", "start", "sign", "accept", "claim", "dispatch", "triage", "rate",
    "close",
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
    return str(MOVES[verb].name) if verb in MOVES else verb


def why_not(order: Order, verb: str) -> str:
    """Why a move is not possible now: the state it needs, else who does it."""
    move = MOVES[verb]
    if order.state in move.sources:
        return str(FACES[verb].who)
    states = [str(State(state).label) for state in State if state in move.sources]
    return gettext("Possible when: %(states)s.") % {"states": gettext(", ").join(states)}


def _reason(order: Order, verb: str, refusal: str) -> str:
    """The refusal the verb itself would give, where the state alone would allow the move."""
    if refusal and order.state in MOVES[verb].sources:
        return refusal_text(refusal, {})
    return why_not(order, verb)


def actions_of(order: Order, actor: Actor, *, claimed: bool = False) -> list[Action]:
    """Every move of the table: those possible now for this actor, the others with the reason.

    What was `claimed` from the hall is given back to it; what was dispatched is returned.
    """
    wrong_way, why = ("return", "release_instead") if claimed else ("release", "not_claimed")
    possible = [verb for verb in allowed_now(order, actor) if verb != wrong_way]
    first = next((verb for verb in _FIRST if verb in possible), "")
    ordered = sorted(possible, key=lambda verb: (verb != first, FACES[verb].danger))
    several_units = len([m for m in actor.memberships if "orders.claim_org" in m.rights]) > 1
    actions = [
        Action(
            MOVES[verb].name,
            reverse("orders:move", args=(order.number, verb)),
            FACES[verb].icon,
            method="post" if _is_one_tap(verb, several_units=several_units) else "get",
            primary=verb == first,
            danger=FACES[verb].danger,
        )
        for verb in ordered
    ]
    actions += [
        Action(
            MOVES[verb].name,
            icon=FACES[verb].icon,
            possible=False,
            reason=_reason(order, verb, why if verb == wrong_way else ""),
        )
        for verb in FACES
        if verb not in possible
    ]
    return actions


def _is_one_tap(verb: str, *, several_units: bool) -> bool:
    """Claiming asks for the unit only when the person speaks for several."""
    return not several_units if verb == "claim" else FACES[verb].one_tap
