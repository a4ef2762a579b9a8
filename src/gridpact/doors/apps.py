"""App registration of the other doors of intake."""

from django.apps import AppConfig


class DoorsConfig(AppConfig):
    """Chain texts, the suggestion box, hotlines."""

    name = "gridpact.doors"
    label = "doors"
