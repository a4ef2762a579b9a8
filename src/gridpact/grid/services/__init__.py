"""The verbs on the territory: loading and keeping cells, appointing people and ending terms."""

from gridpact.grid import policies as policies  # registers who may load and appoint
from gridpact.grid.services.cells import load_cells, load_divisions
from gridpact.grid.services.handover import hand_over_due
from gridpact.grid.services.posts import appoint, load_posts
from gridpact.grid.services.terms import (
    change_term,
    edit_cell,
    end_term,
    report_absence,
    show_phone,
)

__all__ = [
    "appoint",
    "change_term",
    "edit_cell",
    "end_term",
    "hand_over_due",
    "load_cells",
    "load_divisions",
    "load_posts",
    "report_absence",
    "show_phone",
]
