"""Looking at the rules in force: what broke since they were published becomes a finding, once."""

from __future__ import annotations

from django.db import transaction

from gridpact.core.access import Actor
from gridpact.notify.services import tell
from gridpact.routing.models import Rule, RuleFinding
from gridpact.routing.selectors.checks import Fault, checked


@transaction.atomic
def check_live(*, actor: Actor) -> int:
    """Write down new findings, tell those who mend rules, forget what is mended.

    Returns how many findings are new. Twice in a row changes nothing.
    """
    rules = list(Rule.objects.filter(rule_set__is_live=True, is_active=True))
    found: dict[tuple[int, str], tuple[Rule, Fault]] = {}
    for line in checked(rules):
        for fault in [*line.faults, *filter(None, (line.vacant,))]:
            found[line.rule.pk, fault.code] = (line.rule, fault)
    known = {(row.rule_id, row.problem): row.pk for row in RuleFinding.objects.all()}
    gone = [pk for key, pk in known.items() if key not in found]
    RuleFinding.objects.filter(pk__in=gone).delete()
    fresh = [each for key, each in found.items() if key not in known]
    for rule, fault in fresh:
        row = RuleFinding(
            rule=rule, problem=fault.code, params={"field": fault.field, **fault.params}
        )
        RuleFinding.objects.bulk_create([row], ignore_conflicts=True)
        params = {"name": rule.name, "why": fault.sentence}
        keepers = {"rule": "rule_keepers"}
        tell("rule_broken", params, keepers, "/routing/", can_wait=actor.is_system)
    return len(fresh)
