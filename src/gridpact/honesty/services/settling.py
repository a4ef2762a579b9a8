"""A question is answered by whoever is asked, and settled with a word by somebody else."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.honesty.choices import NUMBERS, Standing, Verdict
from gridpact.honesty.models import Question, Threshold
from gridpact.honesty.selectors import thresholds
from gridpact.notify.services import tell
from gridpact.orders.choices import Card
from gridpact.orders.models import Order
from gridpact.orders.services.engine import need
from gridpact.orders.services.supervise import supervise_after_end, supervise_order


def _lock(question: Question) -> Question:
    rows = Question.objects.select_for_update(of=("self",)).with_parts()
    fresh = rows.get(pk=question.pk)
    if fresh.state == Standing.SETTLED:
        raise Refused("question_settled", 409)
    return fresh


def label_of(question: Question) -> str:
    """The number of the order, or of the first order of several."""
    if question.order is not None:
        return question.order.number
    numbers = question.evidence.get("numbers") or ["–"]
    return str(numbers[0])


@transaction.atomic
def answer_question(question: Question, *, actor: Actor, text: str) -> Question:
    """OPEN → ANSWERED, once, by whoever is asked.

    Raises `Refused`: `forbidden` (403), `missing` (422), `question_answered` or
    `question_settled` (409).
    """
    require(actor, "honesty.answer", question)
    said = need(text, "text")
    fresh = _lock(question)
    if fresh.state != Standing.OPEN:
        raise Refused("question_answered", 409)
    fresh.answer, fresh.answered_at, fresh.state = said, clock.now(), Standing.ANSWERED
    fresh.save(update_fields=["answer", "answered_at", "state"])
    audit.record(actor, "honesty.answer", fresh, label=label_of(fresh), why=said[:500])
    return fresh


@transaction.atomic
def settle_question(
    question: Question, *, actor: Actor, verdict: str, reason: str, card: bool = False
) -> Question:
    """OPEN | ANSWERED → SETTLED with a word and its reason; never by who is asked.

    An unanswered question may be settled as well, e.g. when the finding is plainly harmless.
    `card`: the order of a question that is not in order gets a yellow card, ended or not.
    Raises `Refused`: `forbidden` (403), `missing` or `verdict_unknown` (422),
    `question_settled` (409).
    """
    require(actor, "honesty.settle", question)
    if verdict not in Verdict.values:
        raise Refused("verdict_unknown", 422, field="verdict", given=verdict[:20])
    why = need(reason, "reason")
    fresh = _lock(question)
    fresh.verdict, fresh.reason, fresh.state = verdict, why, Standing.SETTLED
    fresh.settled_at, fresh.settled_by_id = clock.now(), actor.user_id
    fresh.settled_name = actor.name[:50]
    fresh.save(
        update_fields=[
            "verdict", "reason", "state", "settled_at", "settled_by", "settled_name",
        ]
    )  # fmt: skip
    audit.record(
        actor, "honesty.settle", fresh, label=label_of(fresh), why=why[:500], after=verdict
    )
    if card and verdict == Verdict.NOT_FINE and fresh.order is not None:
        _give_card(fresh.order, actor, why)
    if fresh.asked_id is not None:
        params, asked = {"number": label_of(fresh)}, {"rule": "users", "ids": [fresh.asked_id]}
        tell(f"question_{verdict}", params, asked, f"/honesty/{fresh.pk}")
    return fresh


def _give_card(order: Order, actor: Actor, reason: str) -> None:
    """A yellow card; an order that has one already, or a red one, keeps it."""
    if order.card in {Card.YELLOW, Card.RED}:
        return
    if order.is_open:
        supervise_order(order, actor=actor, card=Card.YELLOW, reason=reason)
    else:
        supervise_after_end(order, reason=f"{actor.name}: {reason}")


@transaction.atomic
def save_numbers(numbers: Mapping[str, int], *, actor: Actor) -> int:
    """Set thresholds by key; returns how many changed. Questions already asked stay."""
    require(actor, "honesty.edit")
    before, changed = thresholds(), 0
    for key, given in numbers.items():
        allowed = NUMBERS[key]
        if not allowed.least <= given <= allowed.most:
            raise Refused(
                "number_range", 422, field=key, key=allowed.label, least=allowed.least,
                most=allowed.most, given=given,
            )  # fmt: skip
        if given != before[key]:
            Threshold.objects.update_or_create(pk=key, defaults={"number": given})
            audit.record(
                actor, "honesty.save_number", label=key, before=str(before[key]), after=str(given)
            )
            changed += 1
    return changed
