"""App registration of reports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Registers reports."""

    name = "gridpact.reports"
    label = "reports"
