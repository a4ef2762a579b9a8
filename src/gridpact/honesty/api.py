"""Questions about honest closing for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import BaseModel

from gridpact.accounts.auth import SIGNED_IN
from gridpact.accounts.idempotency import answer_once
from gridpact.core.access import Actor, Refused
from gridpact.core.edge import actor_of, answer, body_docs, checked, read_body
from gridpact.core.words import Words
from gridpact.honesty import services
from gridpact.honesty.forms import ListFilter
from gridpact.honesty.models import Question
from gridpact.honesty.tables import findings
from gridpact.ui.paging import keyset_page

router = Router(tags=["honesty"], auth=SIGNED_IN)
MOST = 200


class QuestionsQuery(Schema):
    """`state` OPEN, ANSWERED, SETTLED; `kind`; `verdict`; `unit` words; `month` 2026-11; `cell`."""

    state: Words = ""
    kind: Words = ""
    verdict: Words = ""
    unit: Words = ""
    month: Words = ""
    cell: Words = ""
    cursor: Words = ""
    limit: int = 50


class QuestionOut(Schema):
    """A question; `order` is the number of the order it is about, if it is about one."""

    id: int
    kind: str
    question: str
    findings: list[str]
    evidence: dict[str, Any]
    order: str | None
    asked: str
    unit: str
    asked_at: datetime
    state: str
    answer: str
    answered_at: datetime | None
    verdict: str
    reason: str
    settled_at: datetime | None
    settled_by: str


class QuestionsOut(Schema):
    """A page, the newest first."""

    items: list[QuestionOut]
    next: str | None


class QuestionAnswerBody(BaseModel):
    """What whoever is asked says."""

    text: Words = ""


class QuestionSettleBody(BaseModel):
    """`verdict` fine or not_fine; `card`: a yellow card for the order that is not in order."""

    verdict: Words = ""
    reason: Words = ""
    card: bool = False


def _out(question: Question) -> dict[str, Any]:
    return {
        "id": question.pk,
        "kind": question.kind,
        "question": str(question.text),
        "findings": findings(question),
        "evidence": question.evidence,
        "order": None if question.order is None else question.order.number,
        "asked": "" if question.asked is None else str(question.asked),
        "unit": question.unit,
        "asked_at": question.asked_at,
        "state": question.state,
        "answer": question.answer,
        "answered_at": question.answered_at,
        "verdict": question.verdict,
        "reason": question.reason,
        "settled_at": question.settled_at,
        "settled_by": question.settled_name,
    }


def _find(actor: Actor, pk: int) -> Question:
    found = None
    if 0 < pk < 2**63:
        found = Question.objects.visible_to(actor).with_parts().filter(pk=pk).first()
    if found is None:
        raise Refused("not_found", 404)
    return found


@router.get("/questions", response=QuestionsOut)
def questions(request: HttpRequest, query: Query[QuestionsQuery]) -> HttpResponse:
    """Questions of the area you supervise, and those put to you."""
    actor = actor_of(request)
    form = checked(ListFilter, query.dict())
    rows = form.narrow(Question.objects.visible_to(actor))
    if form.cleaned_data["state"]:
        rows = rows.filter(state=form.cleaned_data["state"])
    limit = min(max(query.limit, 1), MOST)
    page = keyset_page(rows.with_parts(), ("-id",), query.cursor or None, limit)
    return answer({"items": [_out(one) for one in page.items], "next": page.next})


@router.get("/questions/{int:pk}", response=QuestionOut)
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """One question."""
    return answer(_out(_find(actor_of(request), pk)))


@router.post(
    "/questions/{int:pk}/answer",
    response=QuestionOut,
    openapi_extra=body_docs(QuestionAnswerBody),
)
def answer_it(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer, by whoever is asked."""
    actor = actor_of(request)
    found = _find(actor, pk)
    text = read_body(request, QuestionAnswerBody).text
    return answer_once(
        request, lambda: _out(services.answer_question(found, actor=actor, text=text))
    )


@router.post(
    "/questions/{int:pk}/settle",
    response=QuestionOut,
    openapi_extra=body_docs(QuestionSettleBody),
)
def settle_it(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle with a word, by somebody else who supervises the area."""
    actor = actor_of(request)
    found = _find(actor, pk)
    body = read_body(request, QuestionSettleBody)
    return answer_once(
        request,
        lambda: _out(
            services.settle_question(
                found, actor=actor, verdict=body.verdict, reason=body.reason, card=body.card
            )
        ),
    )
