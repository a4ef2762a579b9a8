"""Writing to the outbox, resolving audiences, marking messages read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.notify.models import Notification, Outbox, QuietHours
from gridpact.notify.selectors import is_quiet

Audience = Callable[[dict[str, Any]], Iterable[int]]
BATCH = 200


def draft(
    template: str,
    params: dict[str, Any],
    audience: dict[str, Any],
    link: str = "",
    *,
    can_wait: bool = False,
) -> Outbox:
    """An unsaved outbox row, for verbs that insert all their rows in one statement.

    can_wait: no person caused it and it is not urgent, so that it need not disturb the night.
    """
    return Outbox(
        template=template, params=params, audience=audience, link=link, can_wait=can_wait,
        created_at=clock.now(),
    )  # fmt: skip


def tell(
    template: str,
    params: dict[str, Any],
    audience: dict[str, Any],
    link: str = "",
    *,
    can_wait: bool = False,
) -> None:
    """Leave a message in the outbox, in the caller's transaction; see `draft`."""
    draft(template, params, audience, link, can_wait=can_wait).save(force_insert=True)


def audience_rule(name: str) -> Audience:
    """The function that turns `{"rule": name, …}` into user ids (listed in `config/wiring.py`)."""
    rules: dict[str, str] = import_string(settings.AUDIENCE_RULES)
    rule: Audience = import_string(rules[name])
    return rule


def deliver_batch() -> int:
    """Deliver up to 200 waiting outbox rows to bells; safe with several workers (SKIP LOCKED).

    Returns how many rows were taken. In quiet hours what can wait stays in the outbox. A row that
    fails is kept with its error and tried again up to five times, so that one bad audience never
    blocks the others.
    """
    with transaction.atomic():
        ready = Outbox.objects.waiting().filter(attempts__lt=5)
        if is_quiet():
            ready = ready.filter(can_wait=False)
        waiting = list(ready.select_for_update(skip_locked=True).order_by("id")[:BATCH])
        for message in waiting:
            _deliver(message)
        return len(waiting)


def _deliver(message: Outbox) -> None:
    try:
        with transaction.atomic():
            users = dict.fromkeys(audience_rule(message.audience["rule"])(message.audience))
            users.pop(message.audience.get("but"), None)
            Notification.objects.bulk_create(
                [
                    Notification(
                        user_id=user,
                        source=message,
                        template=message.template,
                        params=message.params,
                        link=message.link,
                        created_at=message.created_at,
                    )
                    for user in users
                ],
                ignore_conflicts=True,
            )
            Outbox.objects.filter(pk=message.pk).update(done_at=clock.now())
    except (KeyError, ValueError, LookupError) as error:
        Outbox.objects.filter(pk=message.pk).update(
            attempts=message.attempts + 1, error=repr(error)[:200]
        )


def mark_read(*, actor: Actor, notification_id: int | None = None) -> int:
    """Mark one or all of the actor's messages as read; returns how many were unread."""
    mine = Notification.objects.of(actor.user_id).unread()
    if notification_id is not None:
        mine = mine.filter(pk=notification_id)
    return mine.update(read_at=clock.now())


@transaction.atomic
def set_quiet_hours(*, actor: Actor, is_on: bool, begins: time, ends: time) -> QuietHours:
    """Keep the night quiet from `begins` to `ends` (local time, may pass midnight), or no more.

    What waits in the outbox follows at once. Raises `Refused` 422 when both are the same.
    """
    require(actor, "notify.set_quiet_hours")
    if begins == ends:
        raise Refused("quiet_never", 422, field="ends")
    hours, _made = QuietHours.objects.select_for_update().get_or_create(pk=1)
    before = _said(hours)
    hours.is_on, hours.begins, hours.ends = is_on, begins, ends
    if (after := _said(hours)) != before:
        hours.save()
        audit.record(actor, "notify.set_quiet_hours", hours, before=before, after=after)
    return hours


def _said(hours: QuietHours) -> str:
    return str(hours) if hours.is_on else f"{hours} off"
