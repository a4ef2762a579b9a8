"""App registration of the component kit."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Holds no tables: templates, static files and helpers that every screen shares."""

    name = "gridpact.ui"
    label = "ui"
