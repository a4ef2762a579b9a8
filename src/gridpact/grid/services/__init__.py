"""The verbs on the territory: loading cells and divisions, appointing people, loading posts."""

from gridpact.grid import policies as policies  # registers who may load and appoint
from gridpact.grid.services.cells import load_cells, load_divisions
from gridpact.grid.services.posts import appoint, load_posts

__all__ = ["appoint", "load_cells", "load_divisions", "load_posts"]
