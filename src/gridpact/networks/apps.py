"""App registration of the department networks."""

from django.apps import AppConfig


class NetworksConfig(AppConfig):
    """Networks, their cells and officers, and how they lie on our cells."""

    name = "gridpact.networks"
    label = "networks"
