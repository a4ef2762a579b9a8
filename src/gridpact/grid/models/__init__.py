"""The territory's records: cells, their dated versions, posts, the calendar."""

from gridpact.grid.models.calendar import TreeVersion, WorkDay
from gridpact.grid.models.cell import Cell, CellQuerySet, CellScoped, ScopedQuerySet, under_q
from gridpact.grid.models.posts import Absence, Appointment, AppointmentQuerySet, PostKind
from gridpact.grid.models.versions import CellVersion, CellVersionQuerySet, Lineage, Redraw

__all__ = [
    "Absence",
    "Appointment",
    "AppointmentQuerySet",
    "Cell",
    "CellQuerySet",
    "CellScoped",
    "CellVersion",
    "CellVersionQuerySet",
    "Lineage",
    "PostKind",
    "Redraw",
    "ScopedQuerySet",
    "TreeVersion",
    "WorkDay",
    "under_q",
]
