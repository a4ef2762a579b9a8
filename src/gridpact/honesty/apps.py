"""App registration of the questions about honest closing."""

from django.apps import AppConfig


class HonestyConfig(AppConfig):
    """Questions, their answers, and the word that settles them."""

    name = "gridpact.honesty"
    label = "honesty"
