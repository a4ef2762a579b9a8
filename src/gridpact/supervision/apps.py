"""App registration of the supervision desk."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Cards in one place, instructions and their answers."""

    name = "gridpact.supervision"
    label = "supervision"
