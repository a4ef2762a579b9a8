"""What a resident may still do about an order, was told of its promise, and what others read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from gridpact.core import clock
from gridpact.core.masking import mask_name, mask_text
from gridpact.orders.choices import RATING_DAYS, SOLVED, Klass
from gridpact.orders.models import Order, OrderLog


def public_text(order: Order, text: str) -> str:
    """`text` without phones, doors, plates, id numbers and without the reporter's own name."""
    name = order.reporter_name
    if len(name) > 1:
        text = text.replace(name, mask_name(name))
    return mask_text(text)


def is_rating_open(order: Order) -> bool:
    """Each finish is rated once, within the days the rule gives."""
    if order.state not in SOLVED:
        return False
    since = order.verified_at or clock.now()
    if clock.now() - since > timedelta(days=RATING_DAYS):
        return False
    return not any(rating.round == order.redone for rating in order.ratings.all())


def is_joinable(order: Order) -> bool:
    """Others may still say that this matter of the board affects them too."""
    return order.is_public and order.is_open and order.state not in SOLVED


def is_urgeable(order: Order) -> bool:
    """Somebody still has to do something; a verified order waits for its resident."""
    return order.is_open and order.state not in SOLVED


def urge_open_at(order: Order) -> datetime | None:
    """When the resident may urge again; None: at once. Once a day, of the local calendar."""
    last = order.urges.filter(by_reporter=True).order_by("-id").first()
    if last is None or last.at.astimezone(clock.LOCAL).date() < clock.today():
        return None
    tomorrow = clock.today() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), clock.LOCAL)


def extension_told(log: Iterable[OrderLog]) -> OrderLog | None:
    """The line by which the resident was told of the latest extension."""
    lines = [line for line in log if line.verb == "extend" and line.told]
    return lines[-1] if lines else None


def merged_target(order: Order) -> Order | None:
    """The order that goes on in place of a merged one, however often it was merged again."""
    seen: set[int] = set()
    target = order
    while target.merged_into_id is not None and target.pk not in seen:
        seen.add(target.pk)
        found = Order.objects.with_parts().filter(pk=target.merged_into_id).first()
        if found is None:
            return None
        target = found
    return target if target.pk != order.pk else None


def shares_answer(order: Order, target: Order) -> bool:
    """Whether the reporter of a merged order may read the answer of the one that goes on.

    A matter that became private after the merge is answered to its own reporter only.
    """
    if target.klass != Klass.PRIVATE:
        return True
    digest = order.reporter_phone_digest
    return bool(digest) and digest == target.reporter_phone_digest
