"""What is in use: going back to a version, switching a field on and off, filling the form."""

from __future__ import annotations

from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core.access import Actor, Refused, require
from gridpact.learning.choices import Field
from gridpact.learning.models import Learnt, Suggestion, Switch
from gridpact.orders.choices import DESK


def switch_of(field: str, *, lock: bool = False) -> Switch:
    """The switch of a field; on, filling nothing in, until somebody says otherwise.

    Refuses (404) an unknown field.
    """
    if field not in Field.values:
        raise Refused("field_unknown", 404, given=field[:20])
    switch, _made = Switch.objects.get_or_create(field=field)
    return Switch.objects.select_for_update().get(pk=switch.pk) if lock else switch


@transaction.atomic
def use_version(pk: int, *, actor: Actor) -> Learnt:
    """Put a version into use; an older one stays in use until somebody chooses again.

    Refuses learnt_unknown (404), learnt_in_use and learnt_gone (409).
    """
    require(actor, "learning.manage")
    found = Learnt.objects.filter(pk=pk).defer("blob").first()
    if found is None:
        raise Refused("learnt_unknown", 404)
    switch = switch_of(found.field, lock=True)
    rows = Learnt.objects.filter(field=found.field)
    chosen = rows.get(pk=pk)
    if chosen.is_active:
        raise Refused("learnt_in_use", 409)
    if not chosen.blob:
        raise Refused("learnt_gone", 409)
    old = rows.active().first()
    rows.active().update(is_active=False)
    rows.filter(pk=pk).update(is_active=True)
    switch.is_pinned = rows.filter(version__gt=chosen.version).exists()
    switch.save(update_fields=["is_pinned"])
    forget(chosen.field)
    audit.record(
        actor, "learning.use", chosen, before=old.digest[:16] if old else "",
        after=chosen.digest[:16],
    )  # fmt: skip
    chosen.is_active = True
    return chosen


@transaction.atomic
def set_switch(field: str, *, actor: Actor, is_on: bool, preselect: float | None) -> Switch:
    """Suggest a field or not; fill the form from this confidence on, or never (None).

    Refuses preselect_range (422). What waits is suggested anew, or no more.
    """
    require(actor, "learning.manage")
    if preselect is not None and not 0.5 <= preselect <= 1:
        raise Refused("preselect_range", 422, field="preselect")
    switch = switch_of(field, lock=True)
    before = audit.fingerprint(switch.is_on, switch.preselect)
    if switch.is_on != is_on:
        forget(field)
    switch.is_on, switch.preselect = is_on, preselect
    switch.save(update_fields=["is_on", "preselect"])
    audit.record(
        actor, "learning.switch", switch, label=str(switch), before=before,
        after=audit.fingerprint(is_on, preselect),
    )  # fmt: skip
    return switch


def forget(field: str) -> None:
    """Drop what was suggested for orders that still wait; the worker suggests them anew."""
    waiting = Suggestion.objects.filter(field=field, decided_at=None, order__state__in=DESK)
    waiting.delete()
