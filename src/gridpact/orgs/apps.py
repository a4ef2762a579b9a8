"""App registration of organisations."""

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    """Departments, units, members."""

    name = "gridpact.orgs"
    label = "orgs"
