"""Who may ask for a file: whoever holds the right of its kind; only the owner has it."""

from __future__ import annotations

from gridpact.core.access import Actor, policy
from gridpact.downloads.kinds import ExportKind
from gridpact.downloads.models import Download


@policy("downloads.ask")
def may_ask(actor: Actor, kind: ExportKind) -> bool:
    """The right of the kind, held by a person."""
    return actor.is_signed_in and actor.has(kind.right)


@policy("downloads.take", "downloads.cancel")
def may_take(actor: Actor, download: Download) -> bool:
    """Its owner."""
    return actor.user_id == download.user_id
