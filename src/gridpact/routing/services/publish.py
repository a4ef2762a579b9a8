"""Putting rules into force: a draft becomes the next version, an old version is restored as one."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext, override

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.routing.models import RuleSet
from gridpact.routing.selectors.checks import checked
from gridpact.routing.services.draft import copy_rules
from gridpact.routing.services.findings import check_live


@transaction.atomic
def publish_draft(*, actor: Actor, revision: int, note: str = "") -> RuleSet:
    """The draft comes into force. `revision`: the state that was looked at.

    Refuses (409) a draft that is gone or was changed since, (422) one with a rule that cannot work.
    """
    require(actor, "routing.edit")
    draft = RuleSet.objects.select_for_update().drafts().first()
    if draft is None:
        raise Refused("draft_gone", 409)
    if draft.revision != revision:
        raise Refused("draft_changed", 409)
    for line in checked(list(draft.rules.filter(is_active=True))):
        for fault in line.faults:
            raise Refused(
                "draft_broken", 422, position=line.rule.position, name=line.rule.name,
                why=fault.sentence,
            )  # fmt: skip
    return _into_force(draft, actor, note)


@transaction.atomic
def restore_version(number: int, *, actor: Actor, note: str = "") -> RuleSet:
    """The rules of an old version come into force again, as a new version.

    Whatever is wrong with them by now is a finding. An open draft stays as it is.
    """
    require(actor, "routing.edit")
    rows = RuleSet.objects.select_for_update().published()
    old = rows.filter(number=number).first()
    if old is None:
        raise Refused("version_unknown", 404, number=number)
    if old.is_live:
        raise Refused("version_in_force", 409, number=number)
    # Not a draft at any moment, so that it does not collide with the one being worked on.
    fresh = RuleSet(is_draft=False, number=_next(), published_at=clock.now())
    fresh.save()
    copy_rules(old, fresh)
    return _into_force(fresh, actor, note or _restored(number))


def _restored(number: int) -> str:
    """What a restored version says of itself, in the language of the district."""
    with override(settings.LANGUAGE_CODE):
        return gettext("Version %(number)s restored") % {"number": number}


def _next() -> int:
    return int(RuleSet.objects.aggregate(top=Max("number"))["top"] or 0) + 1


def _into_force(rule_set: RuleSet, actor: Actor, note: str) -> RuleSet:
    """One after the other: the version in force is locked until the new one stands."""
    list(RuleSet.objects.select_for_update().live())
    before = RuleSet.objects.live().first()
    RuleSet.objects.live().update(is_live=False)
    rule_set.number = rule_set.number or _next()
    rule_set.is_draft, rule_set.is_live = False, True
    rule_set.published_at = clock.now()
    rule_set.published_by_id = actor.user_id
    rule_set.note = note.strip()[:200]
    rule_set.save()
    audit.record(
        actor, "routing.publish", rule_set, label=str(rule_set.number), why=rule_set.note,
        before=str(before or ""), after=str(rule_set.number),
    )  # fmt: skip
    check_live(actor=actor)
    return rule_set
