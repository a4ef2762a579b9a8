"""App registration of the foundations."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    """Holds no models; it is an app so that it can gather what all apps declare."""

    name = "gridpact.core"
    label = "core"

    def ready(self) -> None:
        """Import `policies` and `refusals` of every app: who may do what, and how "no" is said."""
        autodiscover_modules("policies", "refusals")
