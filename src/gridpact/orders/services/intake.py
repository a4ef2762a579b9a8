"""Placing an order: check, locate, number, and write all its rows at once."""

from __future__ import annotations

import math
import re
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from gridpact.audit import services as audit
from gridpact.clocks.book import Book, book
from gridpact.core import clock, crypto
from gridpact.core.access import Actor, Refused, require
from gridpact.core.rows import insert_rows
from gridpact.grid.addressing import ADDRESS, Found, doubt, locate_address
from gridpact.grid.choices import Level
from gridpact.grid.selectors import Place, locate
from gridpact.grid.tree import CellRef, Tree, tree
from gridpact.notify import services as notify
from gridpact.orders.choices import Channel, Kind, PhotoRole, State
from gridpact.orders.hooks.routes import Arrival, router
from gridpact.orders.limits import promise, start_step, subject_of
from gridpact.orders.models import Order, OrderLog, OrderStep
from gridpact.orders.services.numbers import draw, number_text, serial_of
from gridpact.orders.services.photos import attach_photos

MAX_TEXT = 5000
_KINDS = frozenset(Kind.values)  # the class builds its list anew at every question
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_PHONE = re.compile(r"^\+?[\d\- ()]{5,20}$")


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the resident."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Intake:
    """What a resident says. Place: a point (degrees, in `datum`), or a cell code, or an address."""

    text: str
    kind: str = Kind.NEED
    title: str = ""
    lon: float | None = None
    lat: float | None = None
    datum: str = "wgs84"
    address: str = ""
    cell: str = ""
    contact: Contact = field(default_factory=Contact)
    anonymous: bool = False
    photos: tuple[UUID, ...] = ()
    channel: str = Channel.WEB
    source_system: str = ""
    source_number: str = ""
    created_at: datetime | None = None


def open_order(intake: Intake, *, actor: Actor) -> Order:
    """→ SUBMITTED. Returns the order with its number, cell and promised date.

    Raises `Refused` (422) naming the field: no text or over 5,000 characters, no place, a point
    outside the district, an unknown cell or kind, no phone unless anonymous, unknown uploads.
    """
    on_behalf = intake.channel not in {Channel.WEB, Channel.API}
    require(actor, "orders.submit_for" if on_behalf else "orders.submit")
    clean = checked(intake)
    now = clock.now()
    day = now.astimezone(clock.LOCAL).date()
    with _transaction(clean):
        drawn = draw(day)
        snapshot, pages = tree(drawn.tree), book(drawn.clocks)
        place = find_place(clean, snapshot)
        serial = serial_of(day, drawn.values[0])
        while serial < 1:  # drawn before the day's base was written by another process
            drawn = draw(day)
            serial = serial_of(day, drawn.values[0])
        order, step = build_order(
            clean, place, number_text(day, serial), now, actor=actor, pages=pages
        )
        order.pk = drawn.order_id
        arrival = Arrival(order, place.cell, snapshot, bool(clean.photos))
        trace = router().receive(arrival, drawn.rules) if drawn.rules else ()
        insert_rows(order, *_companions(order, step, place, snapshot, actor), *trace)
        attach_photos(order, clean.photos, actor=actor, role=PhotoRole.REPORT)
    return order


def _transaction(intake: Intake) -> AbstractContextManager[None]:
    """Without photos the one INSERT is a transaction by itself, which saves two round trips."""
    return transaction.atomic() if intake.photos else nullcontext()


def checked(intake: Intake) -> Intake:
    """The intake with clean texts, or a refusal that names the field."""
    text = intake.text.replace("\r\n", "\n").strip()
    if not text:
        raise Refused("text_missing", 422, field="text")
    if len(text) > MAX_TEXT:
        raise Refused("text_long", 422, field="text", given=len(text), most=MAX_TEXT)
    name, phone = intake.contact.name.strip(), intake.contact.phone.strip()
    for label, value in (
        ("text", text), ("title", intake.title), ("address", intake.address),
        ("contact.name", name), ("contact.phone", phone), ("cell", intake.cell),
    ):  # fmt: skip
        if _CONTROL.search(value):
            raise Refused("bad_character", 422, field=label)
    if intake.kind not in _KINDS:
        raise Refused(
            "kind_wrong", 422, field="kind", given=intake.kind[:20], allowed=", ".join(Kind.values)
        )
    if phone and not _PHONE.match(phone):
        raise Refused("phone_wrong", 422, field="contact.phone", given=phone[:20])
    if not phone and not intake.anonymous and intake.channel in {Channel.WEB, Channel.API}:
        raise Refused("contact_missing", 422, field="contact.phone")
    title = " ".join((intake.title or text.split("\n", 1)[0]).split())[:60]
    return Intake(
        text=text,
        kind=intake.kind,
        title=title,
        lon=intake.lon,
        lat=intake.lat,
        datum=intake.datum or "wgs84",
        address=" ".join(intake.address.split())[:200],
        cell=intake.cell.strip(),
        contact=Contact() if intake.anonymous else Contact(name[:50], phone),
        anonymous=intake.anonymous,
        photos=intake.photos,
        channel=intake.channel,
        source_system=intake.source_system[:40],
        source_number=intake.source_number[:60],
        created_at=_said_at(intake),
    )


def _said_at(intake: Intake) -> datetime | None:
    """When it was said, if staff enter it later; never in the future. Residents say it now."""
    if intake.created_at is None or intake.channel in {Channel.WEB, Channel.API}:
        return None
    if intake.created_at > clock.now():
        raise Refused("future_date", 422, field="created_at")
    return intake.created_at


def find_place(intake: Intake, snapshot: Tree) -> Place:
    """The cell of an intake: by point, else by code, else by the names in the address."""
    if intake.lon is not None and intake.lat is not None:
        return _by_point(intake, intake.lon, intake.lat, snapshot)
    if intake.cell:
        ref = snapshot.by_code.get(intake.cell)
        if ref is None:
            raise Refused("cell_unknown", 422, field="cell", code=intake.cell[:20])
        return Place(ref, "chosen")
    if intake.address:
        return _by_address(intake.address, snapshot)
    raise Refused("place_missing", 422, field="location")


def _by_point(intake: Intake, lon: float, lat: float, snapshot: Tree) -> Place:
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise Refused("point_wrong", 422, field="location", lon=lon, lat=lat)
    if intake.datum.lower() not in {"wgs84", "gcj02", "bd09", "cgcs2000"}:
        raise Refused("datum_wrong", 422, field="location.datum", given=intake.datum[:10])
    try:
        place = locate(lon, lat, intake.datum, snapshot)
    except ValueError as error:
        raise Refused("point_wrong", 422, field="location", lon=lon, lat=lat) from error
    if place is None:
        raise Refused("outside_district", 422, field="location")
    return place


def _by_address(address: str, snapshot: Tree) -> Place:
    """The cell the address names; in doubt the desk over all it may mean, with a note."""
    found = locate_address(address, snapshot=snapshot)
    if isinstance(found, Found):
        return Place(found.cell, ADDRESS)
    if found.common is not None:
        return Place(found.common, ADDRESS, note=doubt(found, snapshot))
    return Place(_by_name(address, snapshot), ADDRESS)


def _by_name(address: str, snapshot: Tree) -> CellRef:
    """The community whose name stands in the address, else the township's, else the district."""
    named = [
        ref
        for ref in snapshot.by_id.values()
        if ref.level in {Level.COMMUNITY, Level.TOWNSHIP} and _core_name(ref.name) in address
    ]
    if named:
        return max(named, key=lambda ref: (ref.level == Level.COMMUNITY, len(ref.name)))
    return next(ref for ref in snapshot.by_id.values() if ref.level == Level.DISTRICT)


def _core_name(name: str) -> str:
    """`金水社区居委会` → `金水社区`."""
    return name.removesuffix("居委会").removesuffix("村委会")


def build_order(
    intake: Intake, place: Place, number: str, now: datetime, *, actor: Actor, pages: Book
) -> tuple[Order, OrderStep]:
    """An unsaved SUBMITTED order from a checked intake, and the step that begins with it."""
    by_staff = intake.channel not in {Channel.WEB, Channel.API}
    order = Order(
        number=number,
        kind=intake.kind,
        channel=intake.channel,
        title=intake.title,
        text=intake.text,
        address=intake.address,
        lon=place.lon,
        lat=place.lat,
        given_lon=intake.lon,
        given_lat=intake.lat,
        datum=intake.datum.lower()[:5] if intake.lon is not None else "",
        placed_by=place.reason,
        desk_id=place.cell.desk_id,
        reporter_name_sealed=crypto.seal(intake.contact.name),
        reporter_phone_sealed=crypto.seal(intake.contact.phone),
        reporter_phone_digest=crypto.digest("phone", intake.contact.phone),
        reporter_user_id=None if by_staff or intake.anonymous else actor.user_id,
        taken_by_id=actor.user_id if by_staff else None,
        anonymous=intake.anonymous,
        created_at=intake.created_at or now,
        source_system=intake.source_system,
        source_number=intake.source_number,
        **place.cell.scope,
    )
    order.promised_at = promise(now, subject_of(order, pages), pages)
    step = start_step(order, now, pages)
    assert step is not None  # what was just submitted waits to be accepted
    return order, step


def _companions(
    order: Order, step: OrderStep, place: Place, snapshot: Tree, actor: Actor
) -> tuple[Model, ...]:
    """What is written with a new order: timeline, clock, audit and the message to the desk."""
    step.order_id, step.owner = order.pk, snapshot.names(order.desk_id)[:120]
    return (
        OrderLog(
            order_id=order.pk,
            at=order.step_started_at or order.created_at,
            verb="submit",
            after=State.SUBMITTED,
            actor_id=actor.user_id,
            actor_name="" if order.anonymous else actor.name[:50],
            post=actor.post_label[:80],
            text=place.note,
        ),
        step,
        audit.draft(actor, "orders.submit", order, label=order.number, after=State.SUBMITTED),
        notify.draft(
            "order_opened",
            {"number": order.number, "cell": place.cell.name, "title": order.title},
            {"rule": "cell_heads", "cell": order.cell_id, "desk": order.desk_id},
            f"/orders/{order.number}",
        ),
    )
