"""App registration of the grid."""

from django.apps import AppConfig


class GridConfig(AppConfig):
    """Cells, posts, calendar."""

    name = "gridpact.grid"
    label = "grid"
