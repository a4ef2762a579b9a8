"""From JSON bodies to what the verbs take."""

from __future__ import annotations

from gridpact.orders.schemas.base import PublicOrderIn
from gridpact.orders.services import Contact, Intake


def intake_of(body: PublicOrderIn, channel: str) -> Intake:
    """The verb's view of an order body."""
    place = body.location
    return Intake(
        text=body.text,
        kind=body.kind,
        title=body.title,
        lon=place.lon if place else None,
        lat=place.lat if place else None,
        datum=place.datum if place else "wgs84",
        address=body.address,
        cell=body.cell,
        contact=Contact(body.contact.name, body.contact.phone),
        anonymous=body.anonymous,
        photos=tuple(body.photos),
        channel=channel,
        created_at=getattr(body, "created_at", None),
    )
