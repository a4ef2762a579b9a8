"""Rows of order lists and cards of the claim hall: each word, badge and clock decided once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.safestring import SafeString

from gridpact.core import clock
from gridpact.core.access import Actor, can
from gridpact.core.masking import mask_text
from gridpact.grid.choices import Level
from gridpact.grid.tree import Tree, tree
from gridpact.orders.choices import ENDED, Klass
from gridpact.orders.models import Claim, Order
from gridpact.orders.policies import sees_text
from gridpact.ui import icons, times
from gridpact.ui.templatetags.ui import CLASS_ICONS


@dataclass(frozen=True, slots=True)
class ClockWords:
    """A clock light with its words and icon, drawn without asking anything more."""

    colour: str
    word: str
    icon: SafeString
    machine: str
    exact: str


def clock_words(order: Order) -> ClockWords | None:
    """The light of the running step; an ended order has none."""
    if order.due_at is None or order.state in ENDED:
        return None
    light = times.light(order.due_at, order.step_started_at)
    return ClockWords(
        light.colour,
        light.word,
        icons.svg(light.icon),
        times.machine(order.due_at),
        times.exact(order.due_at),
    )


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order in a list: what, where (seen from the reader's cell), who has it, how long."""

    number: str
    href: str
    title: str
    kind: str
    state: str
    state_label: str
    klass: str
    klass_label: str
    klass_icon: SafeString
    place: str
    holder: str
    clock: ClockWords | None
    created_at: datetime

    @property
    def tone(self) -> str:
        """The side stripe: red past the limit, amber close to it."""
        colour = self.clock.colour if self.clock else ""
        return colour if colour in {"red", "amber"} else ""


def shown_title(order: Order, actor: Actor) -> str:
    """The title in full for those who may read it, masked for the hall."""
    return order.title if sees_text(actor, order) else mask_text(order.title)


def order_rows(
    orders: Iterable[Order], actor: Actor, below: str = Level.DISTRICT
) -> list[OrderRow]:
    """Rows for `orders` (loaded `with_parts`); places are named from under the level `below`."""
    snapshot = tree()
    icon_of = {klass.value: icons.svg(CLASS_ICONS[klass.value]) for klass in Klass}
    return [
        OrderRow(
            number=order.number,
            href=reverse("orders:detail", args=(order.number,)),
            title=shown_title(order, actor),
            kind=order.get_kind_display(),
            state=order.state.lower(),
            state_label=order.get_state_display(),
            klass=order.klass.lower(),
            klass_label=order.get_klass_display() if order.klass else "",
            klass_icon=icon_of.get(order.klass, SafeString("")),
            place=snapshot.names(order.cell_id, below),
            holder=order.handler_label if sees_text(actor, order) else "",
            clock=clock_words(order),
            created_at=order.created_at,
        )
        for order in orders
    ]


@dataclass(frozen=True, slots=True)
class HallCard:
    """An offer: what, where down to the building, until when, places left, may I take it."""

    number: str
    href: str
    claim_href: str
    title: str
    kind: str
    klass: str
    klass_label: str
    place: str
    skill: str
    until: datetime | None
    places: int
    free: int
    taken_by_me: bool
    may_claim: bool
    one_tap: bool


def building_of(snapshot: Tree, cell_id: int, below: str = Level.TOWNSHIP) -> str:
    """The path of names down to the building: a stairwell is nobody's business in the hall."""
    ref = snapshot.by_id.get(cell_id)
    if ref is not None and ref.level == Level.UNIT and ref.parent_id is not None:
        return snapshot.names(ref.parent_id, below)
    return snapshot.names(cell_id, below)


def hall_cards(orders: list[Order], actor: Actor) -> list[HallCard]:
    """Cards for offered orders (loaded `with_parts`); one more query for the actor's own places."""
    snapshot = tree()
    held = set(
        Claim.objects.filter(
            order__in=[order.pk for order in orders],
            user_id=actor.user_id or 0,
            released_at__isnull=True,
        ).values_list("order_id", flat=True)
    )
    units = [member for member in actor.memberships if "orders.claim_org" in member.rights]
    now = clock.now()
    return [
        HallCard(
            number=order.number,
            href=reverse("orders:detail", args=(order.number,)),
            claim_href=reverse("orders:move", args=(order.number, "claim")),
            title=shown_title(order, actor),
            kind=order.get_kind_display(),
            klass=order.klass,
            klass_label=order.get_klass_display(),
            place=building_of(snapshot, order.cell_id),
            skill=order.skill,
            until=order.offered_until or order.due_at,
            places=order.slots,
            free=order.slots_free,
            taken_by_me=order.pk in held,
            may_claim=order.pk not in held
            and order.slots_free > 0
            and (order.offered_until is None or order.offered_until > now)
            and can(actor, "orders.claim", order),
            one_tap=len(units) < 2,
        )
        for order in orders
    ]
