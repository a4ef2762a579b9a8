"""Finding the hot topics of an area, and making one matter of the orders of a topic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.core.masking import mask_text
from gridpact.grid.choices import Level
from gridpact.grid.models import Cell, under_q
from gridpact.orders.choices import Klass, State
from gridpact.orders.models import Affected, Order
from gridpact.orders.search.vocabulary import place_names
from gridpact.orders.services import merge_order
from gridpact.topics.models import PERIODS, HotTopic, TopicOrder

MOST_TEXTS = 10_000  # the newest of an area and period
MOST_KEPT = 100  # topics of an area and period
_LEFT_OUT = (State.REJECTED, State.WITHDRAWN, State.MERGED)
_COLUMNS = (
    "pk", "title", "text", "created_at", "community_id", "affected", "urged",
    "reporter_phone_digest", "reporter_user_id",
)  # fmt: skip


def find_all(*, actor: Actor) -> int:
    """Topics of every district and township, for every period; returns how many there are."""
    cells = Cell.objects.open().filter(level__in=(Level.DISTRICT, Level.TOWNSHIP))
    cells = cells.defer("boundary").order_by("code")
    return sum(find_area(cell, days, actor=actor) for cell in cells for days in PERIODS)


def find_area(cell: Cell, days: int, *, actor: Actor) -> int:
    """Replace the topics of one area and period; returns how many there are now.

    Private matters, refused, withdrawn and merged ones take no part. An anonymous order counts
    as a person of its own, unless its text is a copy; those whom an order also affects and urges
    count as reactions.
    """
    # Loads scipy and the dictionary of words: for the worker, never for a web process.
    from gridpact.topics.clusters import Said, find_topics  # noqa: PLC0415 - see above

    require(actor, "topics.look")
    now = clock.now()
    rows = Order.objects.filter(under_q(cell.level, cell.pk), created_at__gt=now - timedelta(days))
    rows = rows.exclude(klass=Klass.PRIVATE).exclude(state__in=_LEFT_OUT)
    found = list(rows.order_by("-created_at", "-pk").values_list(*_COLUMNS)[:MOST_TEXTS])
    said = [
        Said(
            text=mask_text(text), at=at, who=digest or (f"u{user}" if user else ""),
            title=mask_text(title), area=str(community or ""), reactions=affected + urged,
        )
        for pk, title, text, at, community, affected, urged, digest, user in found
    ]  # fmt: skip
    topics = find_topics(said, end=now, names=place_names())[:MOST_KEPT]
    with transaction.atomic():
        HotTopic.objects.filter(cell=cell, days=days).delete()
        made = HotTopic.objects.bulk_create(
            HotTopic(
                cell=cell, days=days, name=topic.name[:120], words=list(topic.words),
                heat=topic.heat, at_place=topic.at_place, area_id=int(topic.area or 0) or None,
                first_at=topic.first, last_at=topic.last, made_at=now,
            )
            for topic in topics
        )  # fmt: skip
        members = []
        for row, topic in zip(made, topics, strict=True):
            people: dict[str, int] = {}
            for each, name in zip(topic.members, topic.who, strict=True):
                who = people.setdefault(name, len(people))
                members.append(TopicOrder(topic=row, order_id=found[each][0], who=who))
        TopicOrder.objects.bulk_create(members, batch_size=1000)
        if not actor.is_system:
            audit.record(actor, "topics.look", cell, after=str(len(made)))
    return len(made)


def period_of(given: str | int) -> int:
    """7, 30 or 90 days; an empty text means 30. Raises `Refused("topic_period", 422)`."""
    text = str(given).strip() or "30"
    if text not in map(str, PERIODS):
        raise Refused("topic_period", 422, field="days", given=text[:20])
    return int(text)


@dataclass(frozen=True, slots=True)
class United:
    """What was merged into `target`, and why others were not: (number, sentence).

    people: how many the answer reaches then: who placed one of them or is affected too.
    """

    target: str
    merged: list[str]
    refused: list[tuple[str, str]]
    people: int


def unite_topic(
    topic: HotTopic, *, actor: Actor, into: str, numbers: Sequence[str], reason: str
) -> United:
    """Merge the named orders of a topic into one of them; each by its own verb, all reporters told.

    Orders that may not be merged stay as they are, and their reason is answered.
    Raises `Refused`: `topic_target`, `topic_nothing` (422).
    """
    require(actor, "topics.read")
    orders = {order.number: order for order in _in_sight(topic, actor)}
    if into not in orders:
        raise Refused("topic_target", 422, field="into")
    picked = [number for number in dict.fromkeys(numbers) if number in orders and number != into]
    if not picked:
        raise Refused("topic_nothing", 422, field="pick")
    merged: list[str] = []
    refused: list[tuple[str, str]] = []
    for number in picked:
        try:
            merge_order(orders[number], actor=actor, into=into, reason=reason)
        except Refused as refusal:
            refused.append((number, refusal.sentence))
        else:
            merged.append(number)
    people = _reached([orders[number] for number in (into, *merged)])
    return United(into, merged, refused, people)


def _reached(orders: Sequence[Order]) -> int:
    """How many different people placed one of these or said that it affects them."""
    people = {order.reporter_phone_digest or order.reporter_user_id or None for order in orders}
    digests = Affected.objects.filter(order__in=orders).values_list("phone_digest", flat=True)
    return len((people | set(digests)) - {None, ""})


def preview_union(
    topic: HotTopic, *, actor: Actor, into: str, numbers: Sequence[str], reason: str
) -> United:
    """What `unite_topic` would do: it is done and taken back, so that nothing is left or sent."""
    with transaction.atomic():
        made = unite_topic(topic, actor=actor, into=into, numbers=numbers, reason=reason)
        transaction.set_rollback(True)
    return made


def _in_sight(topic: HotTopic, actor: Actor) -> Iterable[Order]:
    rows = Order.objects.visible_to(actor).with_parts()
    return rows.filter(pk__in=topic.members.values("order"))
