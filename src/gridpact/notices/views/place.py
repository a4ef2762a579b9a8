"""Placing an order without an account, and the receipt for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridpact.accounts.idempotency import once
from gridpact.accounts.throttle import check_public_write
from gridpact.core.access import Actor, Refused
from gridpact.core.edge import actor_of
from gridpact.grid.tree import tree
from gridpact.notices.forms import PlaceForm, keep, kept
from gridpact.notices.masks import public_place
from gridpact.notices.selectors import near
from gridpact.notices.selectors.follow import find, normal_number
from gridpact.notices.selectors.photo_place import spot_of
from gridpact.notices.selectors.territory import places, root
from gridpact.notices.views.follow import holder_of, unknown
from gridpact.orders.files.pictures import MAX_BYTES
from gridpact.orders.models import Order
from gridpact.orders.services import keep_upload, open_order
from gridpact.orders.services.photos import MAX_PHOTOS
from gridpact.topics.resembling import Resembling, resembling_on_board
from gridpact.ui.render import render

OUTSIDE = gettext_lazy(
    "The photo was taken outside the district. It is kept, but its place is not used."
)
_WHERE = ("lon", "lat", "datum", "cell")
_COMPARED = 1_000  # signs of a text that are compared
CALLER = "form"  # the keys of web forms are random, so one name for all of them will do


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """The form; sending it makes one order, however often it is sent."""
    return _place(request, "notices/place.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def care_place(request: HttpRequest) -> HttpResponse:
    """The same form in few words and large type: photo, words, phone; no map."""
    return _place(request, "notices/care_place.html")


def _place(request: HttpRequest, template: str) -> HttpResponse:
    snapshot = tree()
    choices = places(snapshot)
    if request.method != "POST":
        home = near.chosen(request, snapshot)
        initial = {
            "cell": request.GET.get("cell", home.code if home is not None else ""),
            "kind": request.GET.get("kind") or "NEED",
        }
        return _page(request, template, PlaceForm(initial=initial, places=choices), [], 200)
    form = PlaceForm(request.POST, request.FILES, places=choices)
    form.is_valid()
    photos = kept(form.cleaned_data.get("kept", ""))
    try:
        check_public_write(request, "orders")
    except Refused as refusal:
        return _refused(request, template, form, photos, refusal)
    photos += _keep_files(request, form, MAX_PHOTOS - len(photos))
    spot = spot_of(photos, snapshot)
    form.settle_place(spot)
    if form.errors:
        return _page(request, template, form, photos, 422)
    found = _similar(form.cleaned_data) if request.POST.get("look_first") else []
    if found:  # a browser without scripts: the list comes before the order, once
        return _page(request, template, form, photos, 200, found=found)
    try:
        order = _open(form, photos, actor_of(request))
    except Refused as refusal:
        return _refused(request, template, form, photos, refusal)
    if spot is not None and not spot.is_inside:
        messages.info(request, OUTSIDE)
    return redirect(_receipt_address(order))


@never_cache
@require_POST
def similar(request: HttpRequest) -> HttpResponse:
    """While the form is filled in: matters of the board near by that may be the same."""
    names = ("text", "lon", "lat", "datum", "cell")
    data = {name: request.POST.get(name, "") for name in names}
    return render(request, "notices/similar.html", {"similar": _similar(data)})


def _similar(data: dict[str, Any]) -> list[Resembling]:
    """A point or cell that is missing or wrong is none; the form says so when it is sent."""
    given = {name: "" if data.get(name) is None else str(data[name]) for name in _WHERE}
    return resembling_on_board(str(data.get("text") or "")[:_COMPARED], **given)


def _keep_files(request: HttpRequest, form: PlaceForm, room: int) -> list[UUID]:
    """Store the files that can be read, at most `room`; name the others at the field."""
    files = form.cleaned_data.get("photos") or []
    if len(files) > room:
        form.refuse(Refused("too_many_photos", 422, most=MAX_PHOTOS))
    ids: list[UUID] = []
    for upload in files[: max(room, 0)]:
        try:
            check_public_write(request, "uploads")
            # One byte more than allowed is enough to refuse a file without reading all of it.
            data, name = upload.read(MAX_BYTES + 1), upload.name or ""
            ids.append(keep_upload(data, name, actor=actor_of(request)).pk)
        except Refused as refusal:
            form.add_error("photos", refusal.sentence)
    return ids


def _open(form: PlaceForm, photos: list[UUID], actor: Actor) -> Order:
    """The order of this form: a new one, or the one an earlier sending of the same form made."""

    def run() -> tuple[int, dict[str, Any]]:
        return 201, {"number": open_order(form.intake(photos), actor=actor).number}

    given = once(CALLER, str(form.form_token), form.digest(), run)
    order = find(given.body["number"])
    if order is None:
        raise Refused("not_found", 404)
    return order


def _refused(
    request: HttpRequest, template: str, form: PlaceForm, photos: list[UUID], refusal: Refused
) -> HttpResponse:
    """The form again with the reason; nothing that was typed is lost."""
    if refusal.code == "idempotency_conflict":
        said = _("This form was sent before with another text. If this is a new matter, send it.")
        form.add_error(None, said)
    else:
        form.refuse(refusal)
    response = _page(request, template, form, photos, refusal.status)
    if refusal.status == 429:
        response["Retry-After"] = str(refusal.params.get("seconds", 60))
    return response


def _page(
    request: HttpRequest,
    template: str,
    form: PlaceForm,
    photos: list[UUID],
    status: int,
    *,
    found: Sequence[Resembling] = (),
) -> HttpResponse:
    """The form with its uploads, a key for this sending, and the map to pick from.

    The key stays the same while the form has errors; after a conflict it is a new one.
    """
    token = uuid.uuid4() if status == 409 else form.form_token
    snapshot = tree()
    district, spot = root(snapshot), spot_of(photos, snapshot)
    context = {
        "form": form,
        "similar": found,
        "token": token,
        "kept": keep(photos) if photos else "",
        "kept_count": len(photos),
        "spot": spot.names if spot is not None else "",
        "outside": OUTSIDE if spot is not None and not spot.is_inside else "",
        "map_query": urlencode({"parent": district.code, "level": "COMMUNITY"}) if district else "",
    }
    return render(request, template, context, status=status)


def _receipt_address(order: Order) -> str:
    address = reverse("notices:receipt", args=[order.number])
    return f"{address}?{urlencode({'code': order.code})}"


@never_cache
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Number, code, promised date and a QR code that leads to the order; made to be printed."""
    holder = holder_of(request, normal_number(number), request.GET.get("code", ""))
    if holder is None:
        return unknown(request, number)
    order, _actor = holder
    follow = reverse("notices:follow", args=[order.number])
    address = f"{follow}?{urlencode({'code': order.code})}"
    context = {
        "order": order,
        "place": public_place(order, tree()),
        "follow_address": address,
        "ask_address": request.build_absolute_uri(reverse("notices:ask")),
        "hotline": near.hotline(),
        "qr_address": request.build_absolute_uri(address),
    }
    return render(request, "notices/receipt.html", context)
