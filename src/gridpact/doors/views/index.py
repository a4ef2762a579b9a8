"""All doors by which staff take up what people say, and the micro-wishes that came through them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gridpact.core.access import Actor, require
from gridpact.doors.selectors.wishes import seen_wishes
from gridpact.doors.tables import Door, wish_rows
from gridpact.orders.choices import Channel
from gridpact.orders.views.base import Request
from gridpact.ui.paging import keyset_page
from gridpact.ui.render import render


@login_required
@require_GET
def index(request: Request) -> HttpResponse:
    """The doors this person may use."""
    require(request.actor, "orders.submit_for")
    return render(request, "doors/index.html", {"doors": _doors(request.actor)})


def _doors(actor: Actor) -> list[Door]:
    new = reverse("doors:call")
    doors = [
        Door("phone", _("Telephone"), _("Somebody calls"), f"{new}?channel={Channel.PHONE}"),
        Door("door-enter", _("Visit"), _("Somebody comes in, or you visit them"),
             f"{new}?channel={Channel.VISIT}"),
        Door("clipboard-text", _("Chain text"), _("Wishes, needs and sign-ups from a group"),
             reverse("doors:chains")),
        Door("mailbox", _("Suggestion box"), _("Many slips in one go"), reverse("doors:boxes")),
        Door("users-group", _("Meeting"), _("What came up in a meeting"),
             f"{new}?channel={Channel.MEETING}"),
        Door("sparkles", _("Micro-wishes"), _("All wishes, by the chain they came with"),
             reverse("doors:wishes")),
    ]  # fmt: skip
    if actor.has("orders.load"):
        hint = _("Take over a file, and tell the hotline how it stands")
        doors.append(Door("headset", _("Hotline"), hint, reverse("doors:hotlines")))
    return doors


@login_required
@require_GET
def wishes(request: Request) -> HttpResponse:
    """Micro-wishes in sight, the newest first, with the chain each came from."""
    require(request.actor, "orders.submit_for")
    only_open = "all" not in request.GET
    rows = seen_wishes(request.actor, only_open=only_open)
    page = keyset_page(rows, ("-created_at", "-id"), request.GET.get("cursor"), 50)
    context = {"rows": wish_rows(page.items), "page": page, "only_open": only_open}
    return render(request, "doors/wishes.html", context)
