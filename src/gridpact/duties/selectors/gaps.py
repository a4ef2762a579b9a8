"""Findings of the matrix: required work without a lead, and leads whose term is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.among import among
from gridpact.duties.choices import Role
from gridpact.duties.models import Assignment, WorkItem
from gridpact.grid.models import Cell


@dataclass(frozen=True, slots=True)
class Gap:
    """One kind of finding of a cell: how often, and where it is mended."""

    kind: str
    label: str | Promise
    count: int
    href: str
    detail: str = ""


def in_office_q(day: date) -> Q:
    """The post of an assignment is held on the day, by somebody with an open account."""
    running = Q(post__ends__isnull=True) | Q(post__ends__gte=day)
    return running & Q(post__starts__lte=day, post__user__is_active=True)


def counts(cell_ids: Iterable[int], day: date | None = None) -> dict[int, tuple[int, int]]:
    """(blank, ended) by cell id: required items without a lead, leads out of office. 3 queries."""
    at = day or clock.today()
    cells = Cell.objects.filter(pk__in=among(cell_ids)).order_by().values_list("pk", "level")
    levels = dict(cells)
    required: dict[str, set[int]] = {}
    for item_id, on in WorkItem.objects.filter(is_active=True, required=True).values_list(
        "pk", "levels"
    ):
        for level in on:
            required.setdefault(level, set()).add(item_id)
    here = Q(pk__in=())
    for level in set(levels.values()):
        here |= Q(cell__level=level, item_id__in=required.get(level, ()))
    leads = (
        Assignment.objects.on(at).filter(here, cell_id__in=among(levels), role=Role.LEAD).order_by()
    )
    rows = leads.values_list("cell_id").annotate(
        held=Count("item", distinct=True, filter=in_office_q(at)),
        all=Count("item", distinct=True),
    )
    found = {cell_id: (held, total) for cell_id, held, total in rows}
    result = {}
    for cell_id, level in levels.items():
        held, total = found.get(cell_id, (0, 0))
        blank, ended = len(required.get(level, ())) - total, total - held
        if blank or ended:
            result[cell_id] = (blank, ended)
    return result


def gaps(cell_ids: Iterable[int], day: date | None = None) -> dict[int, list[Gap]]:
    """Findings by cell id, only cells that have some."""
    found = counts(cell_ids, day)
    codes = dict(Cell.objects.filter(pk__in=among(found)).order_by().values_list("pk", "code"))
    result: dict[int, list[Gap]] = {}
    for cell_id, (blank, ended) in found.items():
        href = f"{reverse('duties:matrix')}?cell={codes[cell_id]}&findings=on"
        kinds = (
            Gap("blank_duties", _("Work items without a lead"), blank, href),
            Gap("ended_duties", _("Leads whose term is over"), ended, href),
        )
        result[cell_id] = [gap for gap in kinds if gap.count]
    return result
