"""Open tasks and standing roles in cells that are about to be redrawn, for the preview."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.duties.models import Assignment, Task
from gridpact.grid.dependents import Dependent, Touched
from gridpact.grid.tree import tree


def redraw_duties(actor: Actor, touched: Touched) -> list[Dependent]:
    """Tasks follow their cells, in a split the first successor; roles stay with the cell."""
    tasks = Task.objects.open().filter(cell_id__in=touched.cells)
    placeless = tasks.filter(cell_id__in=touched.shared).count()
    roles = Assignment.objects.on().filter(cell_id__in=touched.cells)
    by_id = tree().by_id
    refs = sorted((by_id[pk] for pk in touched.cells if pk in by_id), key=lambda ref: ref.path)
    top = refs[0] if refs and all(ref.is_under(refs[0].id) for ref in refs) else None
    query = f"?cell={top.code}" if top else ""
    return [
        Dependent(_("Open tasks"), tasks.count(), reverse("duties:below") + query, placeless),
        Dependent(_("Roles in the matrix"), roles.count(), reverse("duties:matrix") + query),
    ]
