"""The verbs on rules. Edges import them from here."""

from gridpact.routing import policies as policies  # registers who may
from gridpact.routing.services.dispatching import on_triaged
from gridpact.routing.services.draft import (
    RuleText,
    discard_draft,
    drop_rule,
    fill_draft,
    move_rule,
    save_rule,
    start_draft,
)
from gridpact.routing.services.findings import check_live
from gridpact.routing.services.publish import publish_draft, restore_version

__all__ = [
    "RuleText",
    "check_live",
    "discard_draft",
    "drop_rule",
    "fill_draft",
    "move_rule",
    "on_triaged",
    "publish_draft",
    "restore_version",
    "save_rule",
    "start_draft",
]
