"""Who opens, keeps and closes accounts."""

from __future__ import annotations

from gridpact.core.access import Actor, policy


@policy("accounts.open_account", "accounts.edit_account", "accounts.reset_password")
def may_manage(actor: Actor, account: object) -> bool:
    """The security administrator only; desks appoint people, but give no accounts."""
    return actor.has("accounts.manage")
