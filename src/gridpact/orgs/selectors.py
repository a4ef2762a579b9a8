"""Who a signed-in user is: posts and memberships, as an actor."""

from __future__ import annotations

from gridpact.accounts.models import User
from gridpact.core.access import Actor, Membership
from gridpact.grid.selectors import grants_of
from gridpact.orgs.choices import ROLE_RIGHTS, MemberRole
from gridpact.orgs.models import OrgMember


def memberships_of(user_id: int) -> tuple[Membership, ...]:
    """The organisations a user stands in today (one query)."""
    rows = OrgMember.objects.in_term().filter(user_id=user_id, org__is_active=True)
    return tuple(
        Membership(row.org_id, row.org.name, row.role, ROLE_RIGHTS[MemberRole(row.role)])
        for row in rows.select_related("org")
    )


def actor_for(user: User, *, acting_as: int | None = None, address: str = "") -> Actor:
    """The actor of a signed-in user; two queries."""
    return Actor(
        kind="user",
        user_id=user.pk,
        name=str(user),
        grants=grants_of(user.pk),
        memberships=memberships_of(user.pk),
        acting_as=acting_as,
        address=address,
    )
