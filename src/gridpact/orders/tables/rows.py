"""Rows of order lists and cards of the claim hall: each word, badge and clock decided once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.safestring import SafeString

from gridpact.core import clock
from gridpact.core.access import Actor, can
from gridpact.core.masking import mask_text
from gridpact.core.texts import refusal_text
from gridpact.grid.choices import Level
from gridpact.grid.tree import Tree, tree
from gridpact.orders.choices import ENDED, Kind, Klass, Priority, State
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
    urgent: bool = False
    moves: str = ""
    snippet: Sequence[tuple[str, bool]] = ()

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
    """Rows for `orders` (loaded `for_rows`); places are named from under the level `below`."""
    snapshot = tree()
    # Django's own display methods rebuild the choices for every row; once a page is enough.
    icon_of = {klass.value: icons.svg(CLASS_ICONS[klass.value]) for klass in Klass}
    klass_of = {klass.value: str(klass.label) for klass in Klass}
    state_of = {state.value: str(state.label) for state in State}
    kind_of = {kind.value: str(kind.label) for kind in Kind}
    address = reverse("orders:list")  # an order's page lies below its list
    return [
        OrderRow(
            number=order.number,
            href=address + order.number,
            title=order.title if seen else mask_text(order.title),
            kind=kind_of[order.kind],
            state=order.state.lower(),
            state_label=state_of[order.state],
            klass=order.klass.lower(),
            klass_label=klass_of.get(order.klass, ""),
            klass_icon=icon_of.get(order.klass, SafeString("")),
            place=snapshot.names(order.cell_id, below)
            if seen
            else building_of(snapshot, order.cell_id, below),
            holder=order.handler_label if seen else "",
            clock=clock_words(order),
            created_at=order.created_at,
            urgent=order.priority == Priority.URGENT and order.state not in ENDED,
        )
        for order, seen in ((order, sees_text(actor, order)) for order in orders)
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
    clock: ClockWords | None
    places: int
    free: int
    taken_by_me: bool
    why_not: str
    one_tap: bool

    @property
    def may_claim(self) -> bool:
        """A place is free for this person now."""
        return not self.why_not


def building_of(snapshot: Tree, cell_id: int, below: str = Level.TOWNSHIP) -> str:
    """The path of names down to the building: a stairwell is nobody's business in the hall."""
    ref = snapshot.by_id.get(cell_id)
    if ref is not None and ref.level == Level.UNIT and ref.parent_id is not None:
        return snapshot.names(ref.parent_id, below)
    return snapshot.names(cell_id, below)


def _claim_blocked(order: Order, actor: Actor, held: set[int]) -> str:
    """Why this person cannot claim now, in the words of the verb; empty when they can."""
    if order.pk in held:
        return refusal_text("claimed_already", {})
    if order.slots_free < 1:
        return refusal_text("no_place_left", {})
    if order.offered_until is not None and order.offered_until < clock.now():
        return refusal_text("offer_over", {})
    return "" if can(actor, "orders.claim", order) else refusal_text("forbidden", {})


def hall_cards(orders: list[Order], actor: Actor) -> list[HallCard]:
    """Cards for offered orders (loaded `for_rows`); one more query for the actor's own places."""
    snapshot = tree()
    held = set(
        Claim.objects.filter(
            order__in=[order.pk for order in orders],
            user_id=actor.user_id or 0,
            released_at__isnull=True,
        ).values_list("order_id", flat=True)
    )
    units = [member for member in actor.memberships if "orders.claim_org" in member.rights]
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
            until=order.offered_until,
            clock=clock_words(order),
            places=order.slots,
            free=order.slots_free,
            taken_by_me=order.pk in held,
            why_not=_claim_blocked(order, actor, held),
            one_tap=len(units) < 2,
        )
        for order in orders
    ]
