"""App registration of notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Registers notices."""

    name = "gridpact.notices"
    label = "notices"
