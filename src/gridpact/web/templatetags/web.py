"""Filters of the audit screen."""

from __future__ import annotations

from django import template

from gridpact.audit.models import AuditRow
from gridpact.core.access import shown_name
from gridpact.web.actions import action_name

register = template.Library()
register.filter("action_name", action_name)


@register.filter
def acted_by(row: AuditRow) -> str:
    """Who did it: people by name, system actors in words, the public by kind."""
    return shown_name(row.actor_name, row.actor_id) or row.actor_kind
