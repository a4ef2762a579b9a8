"""Taking back a decision of the triage desk within ten seconds: the order is as it was before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import override

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.core.events import publish
from gridpact.orders.choices import State
from gridpact.orders.models import DeskUndo, Order, OrderStep, Supervision
from gridpact.orders.services.engine import Line, lock, moved, write_line

UNDO_SECONDS = 10
_ON_THE_WAY = 2  # seconds a press may spend on a slow line


Texts = dict[str, str | None]
_ROWS: dict[str, type[models.Model]] = {"step": OrderStep, "card": Supervision}


@dataclass(frozen=True, slots=True)
class Before:
    """An order's columns, running clocks and cards as texts, and where its histories end."""

    fields: Texts
    rows: dict[str, list[Texts]]
    last_step: int
    last_decision: int

    @classmethod
    def of(cls, order: Order) -> Before:
        """How a locked order stands now."""
        running = order.steps.filter(ended_at__isnull=True)
        cards = order.supervisions.filter(lifted_at__isnull=True)
        return cls(
            _texts(order),
            {"step": [_texts(row) for row in running], "card": [_texts(row) for row in cards]},
            _last(order.steps.all()),
            _last(order.decisions.all()),
        )


def keep_undo(before: Before, order: Order, *, actor: Actor) -> None:
    """Remember what a person's decision changed, until the next one of the same order."""
    if actor.user_id is None:
        return
    after = _texts(order)
    changed = {name: text for name, text in before.fields.items() if after[name] != text}
    DeskUndo.objects.update_or_create(
        order=order,
        defaults={
            "user_id": actor.user_id,
            "at": clock.now(),
            "fields": changed,
            "rows": before.rows,
            "last_step": before.last_step,
            "last_decision": before.last_decision,
            "last_log": _last(order.log.all()),
        },
    )


def undo_order(order: Order, *, actor: Actor) -> Order:
    """Take back the actor's own decision: columns and clocks as before, one line on the timeline.

    The lines and audit rows of the decision stay; its `Decision` goes, so that it is not counted.
    Raises `Refused`: 403 without the right; 409 undo_none, undo_late, undo_touched.
    """
    with transaction.atomic():
        fresh = lock(order)
        require(actor, "orders.undo", fresh)
        kept = _takeable(fresh, actor)
        before = fresh.state
        lost = (fresh.handler_post_id, fresh.handler_org_id, fresh.handler_user_id)
        _restore(fresh, kept.fields)
        fresh.save()
        fresh.steps.filter(pk__gt=kept.last_step).delete()
        fresh.decisions.filter(pk__gt=kept.last_decision).delete()
        for name, rows in kept.rows.items():
            for texts in rows:
                row = _ROWS[name]()
                _restore(row, texts)
                row.save(force_update=True)
        kept.delete()
        fresh = lock(fresh)
        with override(settings.LANGUAGE_CODE):
            line = Line(f"{State(before).label} → {State(fresh.state).label}")
        write_line(fresh, "undo", before, line, actor)
        audit.record(actor, "orders.undo", fresh, before=before, after=fresh.state)
        event = moved(fresh, "undo", before, actor)
        post, org, user = lost
        publish(replace(event, handler_post_id=post, handler_org_id=org, handler_user_id=user))
    return fresh


def _takeable(order: Order, actor: Actor) -> DeskUndo:
    """The kept state, if the same person decided just now and nobody touched the order since."""
    kept = DeskUndo.objects.select_for_update().filter(order=order).first()
    if kept is None or kept.user_id != actor.user_id:
        raise Refused("undo_none", 409)
    if clock.now() - kept.at > timedelta(seconds=UNDO_SECONDS + _ON_THE_WAY):
        raise Refused("undo_late", 409, seconds=UNDO_SECONDS)
    later = order.log.filter(pk__gt=kept.last_log).order_by("-pk").first()
    if later is not None:
        raise Refused("undo_touched", 409, who=later.actor_name or later.verb)
    return kept


def _last(rows: models.QuerySet[Any]) -> int:
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


def _texts(row: models.Model) -> Texts:
    """Every column as text; null stays None."""
    return {
        field.attname: None
        if field.value_from_object(row) is None
        else str(field.value_to_string(row))
        for field in row._meta.concrete_fields
    }


def _restore(row: models.Model, texts: Texts) -> None:
    """Write texts of `_texts` back into the columns of a row."""
    by_name = {field.attname: field for field in row._meta.concrete_fields}
    for name, text in texts.items():
        if name in by_name:  # a column of an older version is gone
            setattr(row, name, None if text is None else by_name[name].to_python(text))
