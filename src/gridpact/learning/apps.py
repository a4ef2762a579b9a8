"""App registration of suggestions."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    """Learnt models, their suggestions, and how often people decided otherwise."""

    name = "gridpact.learning"
    label = "learning"
