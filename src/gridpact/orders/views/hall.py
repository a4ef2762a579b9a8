"""The claim hall: what units, members and field staff may take on, near them."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from gridpact.orders.models import Order
from gridpact.orders.queues import rows_of, standing_cell
from gridpact.orders.tables import hall_cards
from gridpact.orders.views.base import Request, signed_in
from gridpact.ui.paging import Page, keyset_page
from gridpact.ui.render import render

CARDS = 24


@signed_in
@require_GET
def hall(request: Request) -> HttpResponse:
    """Offered orders in sight, those that end first on top."""
    actor = request.actor
    rows = rows_of(actor, "offered", standing_cell(actor)).with_parts()
    cursor = request.GET.get("cursor", "")
    page: Page[Order] = keyset_page(rows, ("due_at", "id"), cursor, CARDS)
    context = {"cards": hall_cards(list(page.items), actor), "page": page}
    return render(request, "orders/hall.html", context, partial="cards")
