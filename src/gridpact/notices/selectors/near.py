"""Where a resident says they are at home: a community kept in a cookie, and whom to call there."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from gridpact.core.masking import mask_name
from gridpact.grid.choices import Level
from gridpact.grid.models import Appointment
from gridpact.grid.tree import CellRef, Tree

COOKIE = "community"
MOST_CALLS = 3


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to call: what for, the masked name, the number."""

    label: str
    name: str
    phone: str


def chosen(request: HttpRequest, snapshot: Tree) -> CellRef | None:
    """The community of the address (`?community=`), else of the cookie; None for the district."""
    code = request.GET.get(COOKIE, request.COOKIES.get(COOKIE, ""))
    ref = snapshot.by_code.get(code)
    return ref if ref is not None and ref.level == Level.COMMUNITY else None


def calls(area: CellRef | None) -> list[Call]:
    """Holders of posts in this community who let their phone stand on the public sign."""
    if area is None:
        return []
    rows = (
        Appointment.objects.in_term()
        .filter(cell__path__startswith=area.path, public_phone=True)
        .select_related("kind", "cell", "user")
        .order_by("kind__sort", "cell__code")[:MOST_CALLS]
    )
    return [
        Call(row.label, mask_name(str(row.user)), row.user.phone) for row in rows if row.user.phone
    ]


def hotline() -> str:
    """The number everybody may call; the operator's setting."""
    return str(settings.HOTLINE)
