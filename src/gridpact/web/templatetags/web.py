"""Filters of the audit screen."""

from __future__ import annotations

from django import template

from gridpact.web.actions import action_name

register = template.Library()
register.filter("action_name", action_name)
