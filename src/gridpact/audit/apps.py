"""App registration of the audit log."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Verbs, seals and the reading log."""

    name = "gridpact.audit"
    label = "audit"
