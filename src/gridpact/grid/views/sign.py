"""The public sign of a cell as a PDF to print."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from gridpact.grid import territory
from gridpact.grid.poster import poster
from gridpact.grid.sign import sign_of
from gridpact.grid.views.base import Request, reader

PUBLIC_PAGE = "/map"  # the public page of a cell, served by an app above this one


@login_required
@require_GET
def sign(request: Request, code: str) -> HttpResponse:
    """The A3 sign of a cell in sight, to be opened or kept."""
    actor = reader(request)
    cell = territory.seen_cell(territory.in_sight(actor), code)
    cell.refresh_from_db(fields=["boundary"])
    address = request.build_absolute_uri(f"{PUBLIC_PAGE}?{urlencode({'cell': cell.code})}")
    answer = HttpResponse(poster(sign_of(cell, actor), address), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="sign-{cell.code}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer
