"""App registration of messages."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    """Outbox and notifications."""

    name = "gridpact.notify"
    label = "notify"
