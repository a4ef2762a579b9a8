"""App registration of routing rules."""

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    """Versions of rules, what they did to orders, what is wrong with them."""

    name = "gridpact.routing"
    label = "routing"
