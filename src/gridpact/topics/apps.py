"""App registration of hot topics."""

from django.apps import AppConfig


class TopicsConfig(AppConfig):
    """What many orders are about, and which of them resemble each other."""

    name = "gridpact.topics"
    label = "topics"
