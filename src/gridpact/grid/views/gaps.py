"""The page of what is wrong in a cell and below it, each line with the way to mend it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gridpact.core.access import can
from gridpact.grid import territory
from gridpact.grid.gap_tables import gap_sections, gap_stats
from gridpact.grid.gaps import gap_lists
from gridpact.grid.views.base import Request, crumbs, reader
from gridpact.ui.render import render


@login_required
@require_GET
def gaps(request: Request, code: str) -> HttpResponse:
    """Findings by kind under one cell in sight."""
    actor = reader(request)
    cell = territory.seen_cell(territory.in_sight(actor), code)
    lists = gap_lists(cell)
    title = _("What is wrong")
    context = {
        "cell": cell,
        "title": title,
        "path": crumbs(actor, cell, title),
        "stats": gap_stats(cell, lists),
        "sections": gap_sections(lists, may_fix=can(actor, "grid.appoint", cell)),
    }
    return render(request, "grid/gaps.html", context)
