"""Routing rules for programs: read, replace the draft, dry run, publish, versions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from gridpact.accounts.auth import SIGNED_IN
from gridpact.accounts.idempotency import answer_once
from gridpact.core.access import Actor, Refused, require
from gridpact.core.edge import actor_of, answer, body_docs, read_body
from gridpact.routing import schemas
from gridpact.routing.models import RuleSet
from gridpact.routing.selectors.checks import checked
from gridpact.routing.selectors.exchange import set_json
from gridpact.routing.selectors.trial import Outcome, try_draft
from gridpact.routing.services import (
    RuleText,
    discard_draft,
    fill_draft,
    publish_draft,
    restore_version,
    start_draft,
)

router = Router(tags=["routing"], auth=SIGNED_IN)


def _keeper(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    require(actor, "routing.edit")
    return actor


@router.get("/rules", response=schemas.RulesOut)
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force, and what is wrong with them."""
    _keeper(request)
    found = RuleSet.objects.live().select_related("published_by").first()
    lines = checked(list(found.rules.filter(is_active=True)) if found is not None else [])
    findings = [
        {
            "rule": line.rule.name,
            "key": str(line.rule.key),
            "code": fault.code,
            "text": fault.sentence,
        }
        for line in lines
        for fault in [*line.faults, *filter(None, (line.vacant,))]
    ]
    shown = set_json(found, with_rules=True) if found is not None else None
    return answer({"rules": shown, "findings": findings})


@router.get("/draft", response=schemas.RuleSetOut)
def draft(request: HttpRequest) -> HttpResponse:
    """The draft; 404 when there is none."""
    _keeper(request)
    return answer(set_json(_draft(), with_rules=True))


@router.post("/draft", response=schemas.RuleSetOut)
def start(request: HttpRequest) -> HttpResponse:
    """Start a draft from the rules in force, or answer the open one."""
    return answer(set_json(start_draft(actor=_keeper(request)), with_rules=True))


@router.put("/draft", response=schemas.RuleSetOut, openapi_extra=body_docs(schemas.RulesIn))
def replace(request: HttpRequest) -> HttpResponse:
    """Make the draft hold exactly these rules. What `GET` answers can be sent back unchanged."""
    actor = _keeper(request)
    body = read_body(request, schemas.RulesIn)
    texts = [RuleText.read(rule.model_dump()) for rule in body.rules]
    return answer(set_json(fill_draft(texts, actor=actor), with_rules=True))


@router.delete("/draft")
def discard(request: HttpRequest) -> HttpResponse:
    """Throw the draft away."""
    discard_draft(actor=_keeper(request))
    return HttpResponse(status=204)


@router.get("/draft/dry-run", response=schemas.TrialOut)
def dry_run(request: HttpRequest, query: Query[schemas.TrialQuery]) -> HttpResponse:
    """What the draft would do to the newest orders in the caller's sight; nothing is changed."""
    actor = _keeper(request)
    found = _draft()
    done = try_draft(found, actor, query.last)
    keys = {rule.pk: str(rule.key) for rule in found.rules.all()}
    moved = [
        {
            "number": each.order.number,
            "stage": each.stage,
            "before": _outcome(each.before),
            "after": _outcome(each.after),
        }
        for each in done.moved
    ]
    used = {keys[pk]: count for pk, count in done.used.items()}
    return answer({"looked": done.looked, "moved": moved, "used": used})


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return asdict(outcome) | {"rule": outcome.rule or None}


@router.post(
    "/draft/publish", response=schemas.RuleSetOut, openapi_extra=body_docs(schemas.PublishIn)
)
def publish(request: HttpRequest) -> HttpResponse:
    """Put the draft into force as the next version."""
    actor = _keeper(request)

    def run() -> dict[str, Any]:
        body = read_body(request, schemas.PublishIn)
        made = publish_draft(actor=actor, revision=body.revision, note=body.note)
        return set_json(made, with_rules=True)

    return answer_once(request, run)


@router.get("/versions", response=list[schemas.RuleSetOut])
def versions(request: HttpRequest) -> HttpResponse:
    """The newest 200 versions, without their rules."""
    _keeper(request)
    rows = RuleSet.objects.published().select_related("published_by")[:200]
    return answer([set_json(row, with_rules=False) for row in rows])


@router.get("/versions/{pk}", response=schemas.RuleSetOut)
def one_version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version (by its number) with its rules."""
    _keeper(request)
    found = RuleSet.objects.published().filter(number=pk).first()
    if found is None:
        raise Refused("not_found", 404)
    return answer(set_json(found, with_rules=True))


@router.post("/versions/{pk}/restore", response=schemas.RuleSetOut)
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring the rules of an old version back into force, as a new version."""
    actor = _keeper(request)
    return answer_once(request, lambda: set_json(restore_version(pk, actor=actor), with_rules=True))


def _draft() -> RuleSet:
    found = RuleSet.objects.drafts().first()
    if found is None:
        raise Refused("not_found", 404)
    return found
