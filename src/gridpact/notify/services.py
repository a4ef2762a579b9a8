"""Writing to the outbox, resolving audiences, marking messages read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.notify.models import Notification, Outbox

Audience = Callable[[dict[str, Any]], Iterable[int]]
BATCH = 200


def draft(
    template: str, params: dict[str, Any], audience: dict[str, Any], link: str = ""
) -> Outbox:
    """An unsaved outbox row, for verbs that insert all their rows in one statement."""
    return Outbox(
        template=template, params=params, audience=audience, link=link, created_at=clock.now()
    )


def tell(template: str, params: dict[str, Any], audience: dict[str, Any], link: str = "") -> None:
    """Leave a message in the outbox, in the caller's transaction."""
    draft(template, params, audience, link).save(force_insert=True)


def audience_rule(name: str) -> Audience:
    """The function that turns `{"rule": name, …}` into user ids (listed in `config/wiring.py`)."""
    rules: dict[str, str] = import_string(settings.AUDIENCE_RULES)
    rule: Audience = import_string(rules[name])
    return rule


def deliver_batch() -> int:
    """Deliver up to 200 waiting outbox rows to bells; safe with several workers (SKIP LOCKED).

    Returns how many rows were taken. A row that fails is kept with its error and tried again up
    to five times, so that one bad audience never blocks the others.
    """
    with transaction.atomic():
        waiting = list(
            Outbox.objects.select_for_update(skip_locked=True)
            .filter(done_at__isnull=True, attempts__lt=5)
            .order_by("id")[:BATCH]
        )
        for message in waiting:
            _deliver(message)
        return len(waiting)


def _deliver(message: Outbox) -> None:
    try:
        with transaction.atomic():
            users = dict.fromkeys(audience_rule(message.audience["rule"])(message.audience))
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
