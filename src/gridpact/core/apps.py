"""App registration of the foundations."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Holds no models; it is an app so that its commands and checks are found."""

    name = "gridpact.core"
    label = "core"
