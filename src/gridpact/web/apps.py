"""App registration of web."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers web."""

    name = "gridpact.web"
    label = "web"
