"""One move on many orders: each by its own verb in its own transaction, with a result per order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from gridpact.accounts.idempotency import caller_of, keep_answer, kept_answer, once
from gridpact.core.access import Actor, Refused, can
from gridpact.core.texts import register_refusals
from gridpact.orders.choices import allowed_from
from gridpact.orders.models import Order
from gridpact.orders.services.engine import VERBS

register_refusals(
    {
        "nothing_picked": _("Please pick at least one order."),
        "too_many_picked": _("At most %(most)s orders at once, not %(given)s."),
    }
)

MAX_MANY = 500
# Moves that mean the same for every order picked; answers, proofs and ratings are one by one.
MANY = (
    "accept", "reject", "triage", "offer", "dispatch", "escalate", "sign", "start", "resume",
    "verify_pass", "close", "urge", "supervise", "unsupervise", "extend",
)  # fmt: skip
Call = Callable[[Order], Order]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one order: done, or refused with the verb's own code and sentence."""

    number: str
    title: str
    done: bool
    code: str = ""
    reason: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What is asked: a verb, the numbers, the caller's key and everything else of the request.

    `key` (1–60 visible ASCII characters) makes it safe to send again: rows that were done stay
    done and answer the same, rows that were refused are tried again.
    """

    verb: str
    numbers: Sequence[str]
    key: str
    asked: str = ""

    @property
    def digest(self) -> str:
        """A print of what is asked of each order."""
        return hashlib.sha256(f"{self.verb}\n{self.asked}".encode()).hexdigest()


def possible_moves(order: Order, actor: Actor) -> tuple[str, ...]:
    """The moves of `MANY` this actor may make on this order now, in that order."""
    may = set(allowed_from(order.state, order.card)) & VERBS
    if not order.card:
        may.discard("unsupervise")
    return tuple(verb for verb in MANY if verb in may and can(actor, f"orders.{verb}", order))


def move_many(batch: Batch, call: Call, *, actor: Actor) -> list[Outcome]:
    """Let `call` make the move on every order in sight, and keep the results under the key.

    Raises `Refused`: `unknown_move`, `nothing_picked`, `too_many_picked` (422), `forbidden` (403).
    """
    if batch.verb not in MANY or batch.verb not in VERBS:
        raise Refused("unknown_move", 422, field="verb", verb=batch.verb[:20])
    if not actor.is_signed_in:
        raise Refused("forbidden", 403)
    numbers = list(dict.fromkeys(number.strip().upper()[:20] for number in batch.numbers))
    if not numbers:
        raise Refused("nothing_picked", 422, field="numbers")
    if len(numbers) > MAX_MANY:
        raise Refused("too_many_picked", 422, field="numbers", given=len(numbers), most=MAX_MANY)
    rows = Order.objects.visible_to(actor).with_parts().filter(number__in=numbers)
    seen = {order.number: order for order in rows}
    outcomes = [_one(batch, number, seen.get(number), call, actor) for number in numbers]
    _keep(batch, outcomes, actor)
    return outcomes


def _one(batch: Batch, number: str, order: Order | None, call: Call, actor: Actor) -> Outcome:
    """One order through its verb; a second sending finds the first answer."""

    def run() -> tuple[int, Any]:
        if order is None:
            raise Refused("not_found", 404)
        moved = call(order)
        return 200, asdict(Outcome(number, moved.title, done=True, state=moved.state))

    try:
        # An order that a move took out of sight is still known under its key.
        given = once(caller_of(actor), f"{batch.key}:{number}", batch.digest, run)
    except Refused as refusal:
        title = order.title if order is not None else ""
        state = order.state if order is not None else ""
        return Outcome(
            number, title, done=False, code=refusal.code, reason=refusal.sentence, state=state
        )
    return Outcome(**given.body)


def _keep(batch: Batch, outcomes: Iterable[Outcome], actor: Actor) -> None:
    """Leave the results under the key; a batch that is sent again replaces them."""
    keep_answer(
        caller_of(actor), batch.key, batch.digest,
        {"verb": batch.verb, "rows": [asdict(outcome) for outcome in outcomes]},
    )  # fmt: skip


def kept_results(key: str, *, actor: Actor) -> tuple[str, list[Outcome]]:
    """Verb and results of an earlier batch of this person. Raises `Refused("not_found", 404)`."""
    body = kept_answer(caller_of(actor), key)
    if not isinstance(body, dict) or "rows" not in body:
        raise Refused("not_found", 404)
    return str(body["verb"]), [Outcome(**row) for row in body["rows"]]
