"""App registration of clocks."""

from django.apps import AppConfig


class ClocksConfig(AppConfig):
    """Calendars and limits."""

    name = "gridpact.clocks"
    label = "clocks"
