"""App registration of the responsibility matrix."""

from django.apps import AppConfig


class DutiesConfig(AppConfig):
    """Work items, duties, assignments, tasks."""

    name = "gridpact.duties"
    label = "duties"
