"""Learning from decided orders: measure on the newest, then learn from all, keep as a version."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, require
from gridpact.learning.choices import (
    HELD_SHARE,
    KEPT_VERSIONS,
    LEAST_FRESH,
    LEAST_ROWS,
    WORSE,
    Field,
)
from gridpact.learning.linear import digest
from gridpact.learning.loaded import handler_model, text_model
from gridpact.learning.models import Learnt
from gridpact.learning.scores import Score, scored
from gridpact.learning.selectors.examples import Example, examples
from gridpact.learning.services.versions import forget, switch_of
from gridpact.orders.models import Order


def train(*, actor: Actor) -> list[Learnt]:
    """A new version of every field that has enough decided orders and learnt something new."""
    require(actor, "learning.manage")
    made = (train_field(field, actor=actor) for field in Field)
    return [each for each in made if each is not None]


def has_learnt() -> bool:
    """False only while the first version could be learnt and was not yet."""
    decided = Order.objects.exclude(klass="").values_list("pk")[:LEAST_ROWS]
    return Learnt.objects.exists() or len(decided) < LEAST_ROWS


def train_field(field: Field, *, actor: Actor) -> Learnt | None:
    """A new version of one field; None while there is too little to learn from, or nothing new.

    It comes into use at once unless somebody went back to an older one, or it is clearly less
    accurate than the one in use, on orders neither has seen where there are enough: what comes in
    may grow harder, or be decided in a new way, and that is no fault of the newer one. The same
    orders give the same model, which is kept once.
    """
    require(actor, "learning.manage")
    rows = examples(field)
    if len(rows) < LEAST_ROWS or len({row.label for row in rows}) < 2:
        return None
    active = Learnt.objects.active().filter(field=field).first()
    learnt = _learn(field, rows)
    is_worse = active is not None and _is_worse(active, rows, learnt)
    return _keep(field, rows, learnt, actor, is_worse=is_worse)


@dataclass(frozen=True, slots=True)
class _Learning:
    """A model's file; how one of the older rows answered the newest, in all and row by row."""

    blob: bytes
    score: Score
    right: list[bool]


def _learn(field: Field, rows: list[Example]) -> _Learning:
    # Loads scikit-learn, which the web server shall never hold in memory.
    from gridpact.learning.fitting import calibrated, fit_facts, fit_text  # noqa: PLC0415

    fit: Any = fit_facts if field is Field.HANDLER else fit_text
    cut = round(len(rows) * (1 - HELD_SHARE))
    older, newest = _pairs(rows[:cut]), _pairs(rows[cut:])
    trial = fit(older)
    answers = [[guess.label for guess in trial.guess(given)] for given, _label in newest]
    labels = [label for _given, label in newest]
    temperature = calibrated(trial.scores, trial.linear.classes, newest)
    blob = fit(_pairs(rows), temperature=temperature).to_bytes()
    right = [label in answer[:1] for label, answer in zip(labels, answers, strict=True)]
    return _Learning(blob, scored(answers, labels), right)


def _is_worse(active: Learnt, rows: list[Example], learnt: _Learning) -> bool:
    """Clearly less accurate than the version in use: on the same fresh orders, or as it was then.

    Neither the trial nor the version in use has seen an order placed after the last it learnt from.
    """
    newest = rows[-len(learnt.right) :]
    fresh = [
        (row, right)
        for row, right in zip(newest, learnt.right, strict=True)
        if row.at > active.last_at
    ]
    if len(fresh) < LEAST_FRESH:
        return (learnt.score.accuracy or 0) < (active.accuracy or 0) - WORSE
    model: Any = (
        handler_model(active.pk) if active.field == Field.HANDLER else text_model(active.pk)
    )
    before = sum(
        row.label in [guess.label for guess in model.guess(row.given)[:1]] for row, _right in fresh
    )
    return sum(right for _row, right in fresh) < before - WORSE * len(fresh)


def _pairs(rows: list[Example]) -> list[tuple[Any, str]]:
    return [(row.given, row.label) for row in rows]


@transaction.atomic
def _keep(
    field: Field, rows: list[Example], made: _Learning, actor: Actor, *, is_worse: bool
) -> Learnt | None:
    switch = switch_of(field, lock=True)
    before = Learnt.objects.filter(field=field)
    blob, score, mark = made.blob, made.score, digest(made.blob)
    if before.order_by("-version").values_list("digest", flat=True).first() == mark:
        return None
    use = not is_worse and not switch.is_pinned
    if use:
        before.active().update(is_active=False)
    number = int(before.aggregate(top=Max("version"))["top"] or 0) + 1
    learnt = Learnt.objects.create(
        field=field,
        version=number,
        trained_at=clock.now(),
        by_id=actor.user_id,
        rows=len(rows),
        first_at=rows[0].at,
        last_at=rows[-1].at,
        held_rows=score.rows,
        accuracy=score.accuracy,
        macro_f1=score.macro_f1,
        top3=score.top3,
        by_class=[asdict(each) for each in score.by_class],
        blob=blob,
        digest=mark,
        is_active=use,
    )
    before.filter(version__lte=number - KEPT_VERSIONS, is_active=False).update(blob=b"")
    audit.record(actor, "learning.train", learnt, after=mark[:16])
    if use:
        forget(field)
    return learnt
