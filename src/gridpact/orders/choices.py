"""States, classes and the table of moves: the only truth about what may follow what."""

from __future__ import annotations

from typing import NamedTuple

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where an order stands."""

    SUBMITTED = "SUBMITTED", _("submitted")
    ACCEPTED = "ACCEPTED", _("accepted")
    TRIAGED = "TRIAGED", _("triaged")
    OFFERED = "OFFERED", _("in the claim hall")
    DISPATCHED = "DISPATCHED", _("dispatched")
    CLAIMED = "CLAIMED", _("taken on")
    HANDLING = "HANDLING", _("being handled")
    SUSPENDED = "SUSPENDED", _("parked")
    ESCALATED = "ESCALATED", _("sent up")
    DONE = "DONE", _("done, to be verified")
    VERIFIED = "VERIFIED", _("verified")
    CLOSED = "CLOSED", _("closed")
    REJECTED = "REJECTED", _("not accepted")
    WITHDRAWN = "WITHDRAWN", _("withdrawn")
    MERGED = "MERGED", _("merged")


ENDED = (State.CLOSED, State.REJECTED, State.WITHDRAWN, State.MERGED)
OPEN = tuple(state for state in State if state not in ENDED)
# Moved from hand to hand but not yet verified: what "overdue" and workload are about.
SOLVED = (State.VERIFIED, State.CLOSED)


class Klass(models.TextChoices):
    """The four ways of triage 四事分流."""

    PUBLIC = "PUBLIC", _("public matter")
    PRIVATE = "PRIVATE", _("private matter")
    HARD = "HARD", _("hard matter")
    EASY = "EASY", _("easy matter")


class Kind(models.TextChoices):
    """What a resident brings."""

    NEED = "NEED", _("need")
    WISH = "WISH", _("micro-wish")
    SUGGESTION = "SUGGESTION", _("suggestion")
    DISPUTE = "DISPUTE", _("dispute")
    HAZARD = "HAZARD", _("hazard")
    CONSULTATION = "CONSULTATION", _("consultation")
    REPORT = "REPORT", _("report")


class Channel(models.TextChoices):
    """By which door an order came in."""

    WEB = "WEB", _("web page")
    API = "API", _("program")
    STAFF = "STAFF", _("entered by staff")
    PHONE = "PHONE", _("telephone")
    VISIT = "VISIT", _("visit")
    MEETING = "MEETING", _("meeting")
    CHAIN = "CHAIN", _("chain text")
    HOTLINE = "HOTLINE", _("hotline")
    BOX = "BOX", _("suggestion box")
    IMPORT = "IMPORT", _("file")


class Priority(models.TextChoices):
    """How urgent the desk finds it."""

    NORMAL = "NORMAL", _("normal")
    URGENT = "URGENT", _("urgent")


class Light(models.IntegerChoices):
    """What the clock of the running step has reached (codes/sla_defaults.csv, warn and card)."""

    GREEN = 0, _("in time")
    WARNED = 1, _("warned")
    YELLOW = 2, _("yellow card")
    RED = 3, _("red card")


class Card(models.TextChoices):
    """Under supervision (督办): by a desk's word, or by the clock."""

    NORMAL = "NORMAL", _("supervised")
    YELLOW = "YELLOW", _("yellow card")
    RED = "RED", _("red card")


class ReplyUse(models.TextChoices):
    """What a standard reply serves for."""

    TRIAGE = "TRIAGE", _("reason of triage")
    REJECT = "REJECT", _("reason for not accepting")
    ANSWER = "ANSWER", _("answer to the reporter")


class Way(models.TextChoices):
    """How an order goes on from the triage desk; values are verbs of the table but for KEEP."""

    OFFER = "offer", _("claim hall")
    GUIDE = "guide", _("guide and mediate")
    DISPATCH = "dispatch", _("dispatch directly")
    ESCALATE = "escalate", _("send up")
    KEEP = "keep", _("class only")


class ContactWay(models.TextChoices):
    """How the reporter was really reached."""

    PHONE = "PHONE", _("telephone")
    VISIT = "VISIT", _("visit")
    MESSAGE = "MESSAGE", _("message")


class Satisfaction(models.TextChoices):
    """The resident's word (design/interface.md §3)."""

    SATISFIED = "satisfied", _("satisfied")
    BASICALLY = "basically", _("basically satisfied")
    UNSATISFIED = "unsatisfied", _("not satisfied")


class PhotoRole(models.TextChoices):
    """What a picture or document proves."""

    REPORT = "REPORT", _("from the reporter")
    BEFORE = "BEFORE", _("before")
    AFTER = "AFTER", _("after")
    DOCUMENT = "DOCUMENT", _("document")


# What waits for a decision of the triage desk, most of it once.
DESK = (State.SUBMITTED, State.ACCEPTED, State.TRIAGED, State.ESCALATED)


class Move(NamedTuple):
    """A row of the table: from which states a verb leads where; `to=None` leaves the state."""

    name: Promise
    sources: frozenset[str]
    to: str | None


def _from(*states: State) -> frozenset[str]:
    return frozenset(state.value for state in states)


_S = State
MOVES: dict[str, Move] = {
    "accept": Move(_("accept"), _from(_S.SUBMITTED), _S.ACCEPTED),
    "reject": Move(_("do not accept"), _from(_S.SUBMITTED), _S.REJECTED),
    "withdraw": Move(
        _("withdraw"), _from(_S.SUBMITTED, _S.ACCEPTED, _S.TRIAGED, _S.OFFERED), _S.WITHDRAWN
    ),
    "triage": Move(_("triage"), _from(_S.ACCEPTED, _S.TRIAGED, _S.ESCALATED), _S.TRIAGED),
    "guide": Move(_("guide"), _from(_S.TRIAGED), _S.HANDLING),
    "offer": Move(_("put into the claim hall"), _from(_S.TRIAGED), _S.OFFERED),
    "dispatch": Move(_("dispatch"), _from(_S.TRIAGED, _S.OFFERED, _S.ESCALATED), _S.DISPATCHED),
    "escalate": Move(
        _("send up"), _from(_S.TRIAGED, _S.DISPATCHED, _S.CLAIMED, _S.HANDLING), _S.ESCALATED
    ),
    "send_down": Move(_("send back down"), _from(_S.ESCALATED), _S.TRIAGED),
    "whistle": Move(_("whistle"), _from(_S.ESCALATED, _S.HANDLING), _S.HANDLING),
    "claim": Move(_("take it on"), _from(_S.OFFERED), _S.CLAIMED),
    "sign": Move(_("sign for it"), _from(_S.DISPATCHED), _S.CLAIMED),
    "return": Move(_("return"), _from(_S.DISPATCHED, _S.CLAIMED), _S.TRIAGED),
    "release": Move(_("give it back"), _from(_S.CLAIMED), _S.OFFERED),
    "start": Move(_("start"), _from(_S.CLAIMED), _S.HANDLING),
    "note": Move(_("progress note"), _from(_S.HANDLING, _S.SUSPENDED), None),
    "extend": Move(_("extend"), _from(_S.DISPATCHED, _S.CLAIMED, _S.HANDLING), None),
    "suspend": Move(_("park"), _from(_S.HANDLING), _S.SUSPENDED),
    "resume": Move(_("resume"), _from(_S.SUSPENDED), _S.HANDLING),
    "finish": Move(_("finish"), _from(_S.HANDLING), _S.DONE),
    "verify_pass": Move(_("pass verification"), _from(_S.DONE), _S.VERIFIED),
    "verify_fail": Move(_("fail verification"), _from(_S.DONE), _S.HANDLING),
    "rate": Move(_("rate"), _from(_S.VERIFIED, _S.CLOSED), _S.CLOSED),
    "close": Move(_("close"), _from(_S.VERIFIED), _S.CLOSED),
    "hand_over": Move(
        _("hand over"), _from(_S.DISPATCHED, _S.CLAIMED, _S.HANDLING, _S.SUSPENDED), None
    ),
    "redo": Move(_("do it again"), _from(_S.CLOSED), _S.HANDLING),
    "take_over": Move(_("take over"), _from(_S.OFFERED), _S.TRIAGED),
    "merge": Move(
        _("merge orders"), _from(_S.SUBMITTED, _S.ACCEPTED, _S.TRIAGED, _S.OFFERED), _S.MERGED
    ),
    "urge": Move(_("urge"), _from(*OPEN), None),
    "supervise": Move(_("put under supervision"), _from(*OPEN), None),
    "unsupervise": Move(_("lift supervision"), _from(*OPEN), None),
}


# Acts on an order that are no moves: its state stays, yet they are on the timeline.
BESIDE: dict[str, Promise] = {
    "report_in": _("report in"),
    "report_back": _("report back"),
    "rate_assist": _("rate the assistance"),
    "contact": _("note a contact"),
    "split": _("split"),
    "take_in": _("took in another order"),
    "undo": _("take back the decision"),
    "add_words": _("the reporter said more"),
    "ask_extension": _("ask for more time"),
    "refuse_extension": _("refuse more time"),
    "review": _("day of review"),
    "instruct": _("instruction"),
    "answer_instruction": _("instruction answered"),
    "warned": _("warned"),
    "yellow_card": _("yellow card"),
    "red_card": _("red card"),
    "card_lifted": _("card lifted"),
    "due_moved": _("limit counted anew"),
}


def allowed_from(state: str, card: str = "") -> tuple[str, ...]:
    """Verbs that may follow a state, in the order of the table.

    A card given after the end, on a second unhappy word, can still be lifted.
    """
    return tuple(
        verb
        for verb, move in MOVES.items()
        if state in move.sources or (verb == "unsupervise" and card)
    )


class Step(models.TextChoices):
    """The step whose clock is running."""

    ACCEPT = "accept", _("acceptance")
    DISPATCH = "dispatch", _("dispatch")
    CLAIM = "claim", _("claiming")
    SIGN = "sign", _("signing for")
    HANDLE = "handle", _("handling")
    VERIFY = "verify", _("verification")
    CALL_BACK = "call_back", _("call-back")


STEP_OF = {
    State.SUBMITTED: Step.ACCEPT,
    State.ACCEPTED: Step.DISPATCH,
    State.TRIAGED: Step.DISPATCH,
    State.ESCALATED: Step.DISPATCH,
    State.OFFERED: Step.CLAIM,
    State.DISPATCHED: Step.SIGN,
    State.CLAIMED: Step.HANDLE,
    State.HANDLING: Step.HANDLE,
    State.SUSPENDED: Step.HANDLE,
    State.DONE: Step.VERIFY,
    State.VERIFIED: Step.CALL_BACK,
}

RATING_DAYS = 14  # domain.md §4: an unhappy answer within 14 days reopens once
