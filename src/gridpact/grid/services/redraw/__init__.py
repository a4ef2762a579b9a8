"""Redraws of the tree: looked at, planned, done on their day, taken back if need be."""

from gridpact.grid.services.redraw.apply import apply_due
from gridpact.grid.services.redraw.plan import plan_redraw
from gridpact.grid.services.redraw.preview import Line, Preview, preview_redraw
from gridpact.grid.services.redraw.undo import undo_redraw

__all__ = ["Line", "Preview", "apply_due", "plan_redraw", "preview_redraw", "undo_redraw"]
