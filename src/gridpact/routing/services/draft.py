"""Working on the draft: the one copy of the rules that is not in force yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import F

from gridpact.audit import services as audit
from gridpact.core.access import Actor, Refused, require
from gridpact.routing.choices import MAX_RULES, Stage
from gridpact.routing.models import Rule, RuleSet
from gridpact.routing.rule import BadRule, Conditions, Target
from gridpact.routing.selectors.checks import Known, faults


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule as people and programs write it."""

    name: str
    stage: str
    conditions: Conditions
    target: Target
    is_active: bool = True
    key: UUID | None = None

    @classmethod
    def read(cls, data: dict[str, Any]) -> RuleText:
        """From a JSON object. Refuses (422) what is not understood, naming the field."""
        try:
            key = data.get("key")
            return cls(
                name=_text(data, "name"),
                stage=_text(data, "stage") or Stage.INTAKE,
                conditions=Conditions.read(data.get("conditions") or {}),
                target=Target.read(data.get("target") or {}),
                is_active=data.get("active", True) is True,
                key=UUID(str(key)) if key else None,
            )
        except BadRule as error:
            raise Refused("rule_shape", 422, field=error.field) from error
        except ValueError as error:
            raise Refused("rule_shape", 422, field="key") from error


def _text(data: dict[str, Any], field: str) -> str:
    value = data.get(field) or ""
    if not isinstance(value, str):
        raise BadRule(field)
    return value


def copy_rules(source: RuleSet | None, target: RuleSet) -> None:
    """The same rules with the same keys in another version."""
    rows = [] if source is None else list(source.rules.all())
    for row in rows:
        row.pk, row.rule_set = None, target
        row._state.adding = True  # noqa: SLF001 - Django's own way to copy a row
    Rule.objects.bulk_create(rows)


def start_draft(*, actor: Actor) -> RuleSet:
    """The draft: the open one, or a copy of the rules in force. Two starts at once make one."""
    require(actor, "routing.edit")
    found = RuleSet.objects.drafts().first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            draft = RuleSet.objects.create()
            copy_rules(RuleSet.objects.live().first(), draft)
            audit.record(actor, "routing.start_draft", draft)
    except IntegrityError:
        return RuleSet.objects.drafts().get()
    return draft


def locked_draft() -> RuleSet:
    """The draft, locked; one change after the other. Refuses (409) when there is none."""
    draft = RuleSet.objects.select_for_update().drafts().first()
    if draft is None:
        raise Refused("no_draft", 409)
    return draft


def _touch(draft: RuleSet) -> None:
    RuleSet.objects.filter(pk=draft.pk).update(revision=F("revision") + 1)


@transaction.atomic
def discard_draft(*, actor: Actor) -> None:
    """Throw the draft away; the rules in force stay."""
    require(actor, "routing.edit")
    draft = locked_draft()
    audit.record(actor, "routing.discard_draft", draft)
    draft.delete()


def check_rule(text: RuleText, known: Known | None = None) -> None:
    """Refuse (422) a rule that cannot work, naming the field."""
    if not text.name.strip():
        raise Refused("rule_nameless", 422, field="name")
    if text.stage not in Stage.values:
        raise Refused("rule_unknown", 422, field="stage", given=text.stage[:20])
    known = known or Known.read()
    for fault in faults(text.conditions, text.target, text.stage, known):
        raise Refused(fault.code, 422, field=fault.field, **fault.params)


def _row(text: RuleText, row: Rule) -> Rule:
    row.name = " ".join(text.name.split())[:60]
    row.stage = text.stage
    row.is_active = text.is_active
    row.conditions = text.conditions.written()
    row.target = text.target.written()
    return row


@transaction.atomic
def save_rule(text: RuleText, *, actor: Actor, rule: int | None = None) -> Rule:
    """Change a rule of the draft (its id), or add one at the end."""
    require(actor, "routing.edit")
    draft = locked_draft()
    check_rule(text)
    if rule is not None:
        row = _own(draft, rule)
    else:
        count = draft.rules.count()
        if count >= MAX_RULES:
            raise Refused("rules_too_many", 422, most=MAX_RULES)
        row = Rule(rule_set=draft, position=count + 1)
    _row(text, row).save()
    _touch(draft)
    audit.record(actor, "routing.save_rule", row, label=row.name)
    return row


def _own(draft: RuleSet, rule: int) -> Rule:
    row = draft.rules.filter(pk=rule).first()
    if row is None:
        raise Refused("not_found", 404)
    return row


@transaction.atomic
def drop_rule(rule: int, *, actor: Actor) -> None:
    """Take a rule out of the draft."""
    require(actor, "routing.edit")
    draft = locked_draft()
    row = _own(draft, rule)
    audit.record(actor, "routing.drop_rule", row, label=row.name)
    row.delete()
    _number(list(draft.rules.all()))
    _touch(draft)


@transaction.atomic
def move_rule(rule: int, *, actor: Actor, step: int) -> None:
    """Ask a rule of the draft earlier (step -1) or later (1) in its stage; at the ends it stays."""
    require(actor, "routing.edit")
    draft = locked_draft()
    row = _own(draft, rule)
    rows = list(draft.rules.filter(stage=row.stage))
    at = rows.index(row)
    to = max(0, min(len(rows) - 1, at + step))
    other = rows[to]
    row.position, other.position = other.position, row.position
    Rule.objects.bulk_update([row, other] if other != row else [], ["position"])
    _touch(draft)
    audit.record(actor, "routing.move_rule", row, label=row.name)


def _number(rows: Sequence[Rule]) -> None:
    """Positions 1, 2, … in this order; checked at the end of the transaction."""
    for position, row in enumerate(rows, start=1):
        row.position = position
    Rule.objects.bulk_update(rows, ["position"])


@transaction.atomic
def fill_draft(texts: Sequence[RuleText], *, actor: Actor) -> RuleSet:
    """Make the draft hold exactly these rules, in this order; starts one when there is none."""
    require(actor, "routing.edit")
    start_draft(actor=actor)
    draft = locked_draft()
    if len(texts) > MAX_RULES:
        raise Refused("rules_too_many", 422, most=MAX_RULES)
    keys = [text.key or uuid4() for text in texts]
    if len(set(keys)) < len(keys):
        raise Refused("rule_key_twice", 422, field="key")
    known = Known.read()
    for text in texts:
        check_rule(text, known)
    draft.rules.all().delete()
    Rule.objects.bulk_create(
        _row(text, Rule(rule_set=draft, key=key, position=position))
        for position, (text, key) in enumerate(zip(texts, keys, strict=True), start=1)
    )
    _touch(draft)
    audit.record(actor, "routing.fill_draft", draft, label=str(len(texts)))
    draft.refresh_from_db()
    return draft
