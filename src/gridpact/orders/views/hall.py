"""The claim hall: what units, members and field staff may take on, near them."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gridpact.core.access import Actor
from gridpact.orders.models import Order
from gridpact.orders.selectors.queues import hall_rows, home_community
from gridpact.orders.tables import hall_cards
from gridpact.orders.views.base import Request, signed_in
from gridpact.ui import parts
from gridpact.ui.paging import Page, keyset_page
from gridpact.ui.render import render

CARDS = 24


@signed_in
@require_GET
def hall(request: Request) -> HttpResponse:
    """Offered orders near me (`?all=1`: everywhere in sight), those that end first on top."""
    actor = request.actor
    everywhere = bool(request.GET.get("all"))
    rows = hall_rows(actor, everywhere=everywhere).for_rows()
    cursor = request.GET.get("cursor", "")
    page: Page[Order] = keyset_page(rows, ("due_at", "id"), cursor, CARDS)
    context = {
        "cards": hall_cards(list(page.items), actor),
        "page": page,
        "tabs": _tabs(actor, everywhere=everywhere),
    }
    return render(request, "orders/hall.html", context, partial="cards")


def _tabs(actor: Actor, *, everywhere: bool) -> list[parts.Tab]:
    """Near me and everywhere, for those whose unit has a place."""
    home = home_community(actor)
    if home is None:
        return []
    href = reverse("orders:hall")
    return [
        parts.Tab(home.name, href, active=not everywhere),
        parts.Tab(_("Whole district"), f"{href}?all=1", active=everywhere),
    ]
