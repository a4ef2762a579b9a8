"""Files and map data of orders: pictures for those who may see them, outlines, points."""

from __future__ import annotations

import hmac
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from gridpact.core.access import Actor
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Cell
from gridpact.orders.choices import PhotoRole
from gridpact.orders.models import Order, Photo
from gridpact.orders.policies import sees_text
from gridpact.orders.selectors.queues import standing_cell
from gridpact.orders.views.base import Request, find_order, signed_in


@require_GET
def photo(request: Request, key: UUID) -> FileResponse:
    """The picture or document `key` (`?s=1`: its thumbnail), privately cached; 404 when unseen."""
    rows = Photo.objects.select_related("order__cell")  # scope: `_may_see` decides
    rows = rows.defer("order__cell__boundary")
    found = rows.filter(pk=key).first()
    if found is None or not _may_see(request.actor, found, request.GET.get("code", "")):
        raise Http404
    small = bool(request.GET.get("s")) and bool(found.thumb)
    name = (found.thumb.name if small else found.file.name) or ""
    try:
        stream = default_storage.open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    kind = "image/jpeg" if found.kind == "image" else "application/pdf"
    response = FileResponse(stream, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    # A document opens inside a sandbox of its own: whatever it carries runs nowhere.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _may_see(actor: Actor, found: Photo, code: str) -> bool:
    """Loose uploads: their owner. Else: who holds the code, and staff in sight.

    Of a public order everybody sees the pictures of the work; what the resident sent stays with
    those who handle it.
    """
    order = found.order
    if order is None:
        return actor.user_id is not None and found.uploaded_by_id == actor.user_id
    if code and hmac.compare_digest(code.upper().encode(), order.code.encode()):
        return True
    of_the_work = found.kind == "image" and found.role in {PhotoRole.BEFORE, PhotoRole.AFTER}
    if order.is_public and of_the_work:
        return True
    return (
        actor.is_signed_in
        and Order.objects.visible_to(actor).filter(pk=order.pk).exists()
        and sees_text(actor, order)
    )


@signed_in
@require_GET
def point(request: Request, number: str) -> HttpResponse:
    """The order's point as GeoJSON, for those who see its address."""
    order = find_order(request.actor, number)
    if not sees_text(request.actor, order):
        raise Http404
    features: list[dict[str, Any]] = []
    if order.lon is not None and order.lat is not None:
        features.append(
            {
                "type": "Feature",
                "properties": {"label": order.title, "tone": order.klass.lower()},
                "geometry": {"type": "Point", "coordinates": [order.lon, order.lat]},
            }
        )
    return JsonResponse({"type": "FeatureCollection", "features": features})


@signed_in
@require_GET
def ground(request: Request) -> HttpResponse:
    """Outlines as GeoJSON: `?cell=` and its children, else the two levels below mine.

    The tree itself is public (公示牌), so any signed-in person may draw any cell.
    """
    rows = Cell.objects.open().filter(boundary__isnull=False)
    code = request.GET.get("cell", "")
    if code:
        rows = rows.filter(Q(code=code) | Q(parent__code=code))
    else:
        rows = rows.filter(_below(standing_cell(request.actor)))
    features = [
        {
            "type": "Feature",
            "properties": {"code": cell_code, "name": name},
            "geometry": boundary,
        }
        for cell_code, name, boundary in rows.order_by("level", "code").values_list(
            "code", "name", "boundary"
        )
    ]
    response = JsonResponse({"type": "FeatureCollection", "features": features})
    response["Cache-Control"] = "private, max-age=300"
    return response


def _below(root: Cell | None) -> Q:
    """The children and grandchildren of `root`; of the district for those without a post."""
    if root is None:
        return Q(level__in=(Level.TOWNSHIP, Level.COMMUNITY))
    levels = [level for level, rank in RANK.items() if 1 <= rank - root.rank <= 2]
    return Q(path__startswith=root.path, level__in=levels) if levels else Q(pk=root.pk)
