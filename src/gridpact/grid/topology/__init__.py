"""Checks a tree of boundaries: rings, overlaps, gaps, slivers, axes, datum and the tree itself."""

from gridpact.grid.topology.check import check
from gridpact.grid.topology.findings import Area, Finding, Kind

__all__ = ["Area", "Finding", "Kind", "check"]
