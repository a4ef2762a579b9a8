"""App registration of demo."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Registers demo."""

    name = "gridpact.demo"
    label = "demo"
