"""The detail page of one order: head, facts, people, proof and timeline as plain records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor, can, shown_name
from gridpact.core.masking import mask_address, mask_name, mask_phone, mask_text
from gridpact.grid.choices import Level
from gridpact.grid.tree import Tree, tree
from gridpact.orders.choices import PhotoRole
from gridpact.orders.hooks.routes import router
from gridpact.orders.models import Claim, Order, OrderLog, Photo
from gridpact.orders.policies import sees_text
from gridpact.orders.selectors import acts_now
from gridpact.orders.selectors.dealings import NOTHING, Dealings
from gridpact.orders.tables.clocks import clock_facts
from gridpact.orders.tables.dealings import NO_SIDES, Sides, sides_of
from gridpact.orders.tables.moves import actions_of, icon_of, title_of
from gridpact.orders.tables.rows import building_of
from gridpact.ui import parts, times

_PLACED_BY = {
    "polygon": _("The point lies inside the boundary."),
    "nearest": _("The point lies just outside; the nearest cell within 50 m."),
    "chosen": _("The cell was chosen when the order was placed."),
    "address": _("The name of the place stands in the address."),
    "file": _("Given by the file it came from."),
}
_TONES: dict[str, parts.Tone] = {
    "reject": "red", "verify_fail": "red", "redo": "red", "return": "amber", "release": "amber",
    "withdraw": "amber", "escalate": "amber", "supervise": "amber", "urge": "amber",
    "finish": "green", "verify_pass": "green", "close": "green", "report_back": "green",
}  # fmt: skip

Fact = tuple[str | Promise, object]


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who placed it, masked; `reveal_href` is empty for those who may not see more."""

    name: str
    phone: str
    anonymous: bool
    reveal_href: str


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything the page shows; nothing in it is more than this actor may see."""

    order: Order
    title: str
    text: str
    place: str
    address: str
    sees_text: bool
    reporter: Reporter | None
    photos: list[parts.Photo]
    proof: list[parts.Photo]
    documents: list[tuple[str, str]]
    where: list[Fact]
    why: list[Fact]
    clocks: list[Fact]
    claims: list[Fact]
    entries: list[parts.Entry]
    actions: list[parts.Action]
    ground_href: str
    point_href: str
    sides: Sides


def detail_of(
    order: Order,
    actor: Actor,
    *,
    log: Sequence[OrderLog],
    photos: Sequence[Photo],
    claims: Sequence[Claim],
    dealings: Dealings = NOTHING,
) -> Detail:
    """The page of `order` (loaded `with_parts`); the hall gets masks and no reporter."""
    full = sees_text(actor, order)
    snapshot = tree()
    mine = [photo for photo in photos if full or (order.is_public and _is_of_the_work(photo))]
    proof = [photo for photo in mine if photo.role != PhotoRole.REPORT]
    place = snapshot.names(order.cell_id) if full else building_of(snapshot, order.cell_id)
    return Detail(
        order=order,
        title=order.title if full else mask_text(order.title),
        text=order.text if full else mask_text(order.text),
        place=place,
        address=order.address if full else mask_address(order.address),
        sees_text=full,
        reporter=_reporter(order, actor) if full else None,
        photos=_strip(photo for photo in mine if photo.role == PhotoRole.REPORT),
        proof=_strip(proof),
        documents=[
            (reverse("orders:photo", args=(photo.pk,)), str(PhotoRole(photo.role).label))
            for photo in mine
            if photo.kind != "image"
        ],
        where=_where(order, place, full=full),
        why=_why(order, log) if full else _offer(order),
        clocks=clock_facts(order),
        claims=_claims(claims) if full else [],
        entries=_entries(log, proof, full=full),
        actions=actions_of(
            order,
            actor,
            claimed=any(claim.released_at is None for claim in claims),
            mine=any(
                claim.released_at is None and claim.user_id == actor.user_id for claim in claims
            ),
            acts=acts_now(order, actor, dealings.calls, dealings.extensions),
        ),
        ground_href=_ground(order, snapshot) if full and order.lon is not None else "",
        point_href=reverse("orders:point", args=(order.number,)) if full else "",
        sides=sides_of(order, dealings, actor) if full else NO_SIDES,
    )


def _reporter(order: Order, actor: Actor) -> Reporter:
    known = bool(order.reporter_phone_sealed or order.reporter_name_sealed)
    return Reporter(
        name=mask_name(order.reporter_name),
        phone=mask_phone(order.reporter_phone),
        anonymous=order.anonymous or not known,
        reveal_href=reverse("orders:reveal", args=(order.number,))
        if known and can(actor, "orders.reveal", order)
        else "",
    )


def photo_part(photo: Photo, label: str = "") -> parts.Photo:
    """A thumbnail that opens the big picture."""
    full = reverse("orders:photo", args=(photo.pk,))
    taken = (
        gettext("taken %(when)s") % {"when": times.moment(photo.taken_at)} if photo.taken_at else ""
    )
    alt = " ".join(filter(None, (str(PhotoRole(photo.role).label), taken)))
    return parts.Photo(f"{full}?s=1", full, alt, label)


def _is_of_the_work(photo: Photo) -> bool:
    """Pictures of the work may be shown in public; what the resident sent may not."""
    return photo.kind == "image" and photo.role in {PhotoRole.BEFORE, PhotoRole.AFTER}


def _label(photo: Photo) -> str:
    """Before, after, document; pictures of the reporter need no label."""
    return "" if photo.role == PhotoRole.REPORT else str(PhotoRole(photo.role).label)


def _strip(photos: Iterable[Photo]) -> list[parts.Photo]:
    return [photo_part(photo, _label(photo)) for photo in photos if photo.kind == "image"]


def _where(order: Order, place: str, *, full: bool) -> list[Fact]:
    facts: list[Fact] = [(_("Cell"), place)]
    if full:
        facts.append((_("How it was found"), _PLACED_BY.get(order.placed_by, "–")))
        facts.append((_("Desk"), order.desk.name))
        facts += router().lines(order, seen=full)
    if order.address:
        shown = order.address if full else mask_address(order.address)
        facts.append((_("Address"), shown))
    return facts


def _why(order: Order, log: Sequence[OrderLog]) -> list[Fact]:
    # A class that was taken back is on the timeline only.
    classed = (line for line in reversed(log) if line.verb == "triage" and order.klass)
    triage = next(classed, None)
    facts: list[Fact] = [(_("In whose hands"), order.handler_label or order.desk.name)]
    if triage is not None:
        facts.append((_("Class and reason"), triage.text))
        by = (shown_name(triage.actor_name, triage.actor_id), triage.post)
        facts.append((_("Classed by"), " · ".join(filter(None, by))))
    if order.category is not None:
        facts.append((_("Category"), order.category.name))
    facts.append((_("Came in by"), order.get_channel_display()))
    if order.source_number and order.source_system != "form":
        system = order.source_system.partition(":")[0]  # a meeting's names its community behind it
        facts.append((_("Source"), f"{system} {order.source_number}"))
    if order.affected:
        facts.append((_("Also affects"), _people(order.affected)))
    if order.urged:
        facts.append((_("Urged"), _times(order.urged)))
    return facts


def _people(count: int) -> str:
    return ngettext("%(n)d other person", "%(n)d other people", count) % {"n": count}


def _times(count: int) -> str:
    return ngettext("%(n)d time", "%(n)d times", count) % {"n": count}


def _offer(order: Order) -> list[Fact]:
    facts: list[Fact] = [(_("Places left"), f"{order.slots_free}/{order.slots}")]
    if order.skill:
        facts.append((_("Wanted skill"), order.skill))
    return facts


def _claims(claims: Sequence[Claim]) -> list[Fact]:
    return [
        (
            str(claim.org) if claim.org is not None else str(claim.user),
            gettext("given back") if claim.released_at else times.moment(claim.at),
        )
        for claim in claims
    ]


def _entries(log: Sequence[OrderLog], proof: Sequence[Photo], *, full: bool) -> list[parts.Entry]:
    """The timeline, oldest first; the hall reads only what residents are told, masked."""
    finishes = [line.pk for line in log if line.verb == "finish"]
    last_finish = finishes[-1] if finishes else 0
    shots = _strip(proof)
    return [
        parts.Entry(
            at=line.at,
            title=title_of(line.verb),
            who=shown_name(line.actor_name, line.actor_id) if full else "",
            post=line.post,
            text=line.text if full else mask_text(line.told),
            icon=icon_of(line.verb),
            tone=_TONES.get(line.verb, ""),
            photos=shots if line.pk == last_finish else (),
        )
        for line in log
    ]


def _ground(order: Order, snapshot: Tree) -> str:
    ref = snapshot.by_id.get(order.cell_id)
    if ref is None:
        return ""
    shown = snapshot.by_id.get(ref.ancestors.get(Level.GRID, ref.id), ref)
    return f"{reverse('orders:ground')}?cell={shown.code}"
