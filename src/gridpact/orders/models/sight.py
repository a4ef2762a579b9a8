"""Orders by sight, state and clock: every list starts from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db.models import Q

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.grid.models import ScopedQuerySet, under_q
from gridpact.orders.choices import OPEN, SOLVED, State

MOST_CALLS = 2_000  # the newest calls of a person's departments; older ones are history

if TYPE_CHECKING:
    from gridpact.orders.models.order import Order  # noqa: F401  # the row type, in quotes below


def called_orders(actor: Actor) -> dict[int, bool]:
    """Ids of orders to which the actor's departments were called: still waiting for them or not.

    Read once a request and given to queries as plain numbers: a subquery among the other
    conditions of sight would cost the index.
    """
    known: dict[int, bool] | None = actor.extra.get("called_orders")
    if known is None:
        orgs = [m.org_id for m in actor.memberships if "orders.handle_org" in m.rights]
        known = {}
        if orgs:
            calls = apps.get_model("orders", "Assist").objects.filter(org_id__in=orgs)
            rows = calls.order_by("-id").values_list("order_id", "back_at", "closed_at")
            for order_id, back_at, closed_at in rows[:MOST_CALLS]:
                waits = back_at is None and closed_at is None
                known[order_id] = known.get(order_id, False) or waits
        actor.extra["called_orders"] = known
    return known


class OrderQuerySet(ScopedQuerySet["Order"]):
    """Orders by sight, state and clock."""

    def visible_to(self, actor: Actor) -> Self:
        """What this actor may open: their territory, what they handle, their claim hall."""
        if actor.is_system:
            return self
        return self.filter(self.sight(actor))

    @staticmethod
    def sight(actor: Actor) -> Q:
        """`visible_to` as a condition."""
        sight = Q(pk__in=())
        for grant in actor.grants_for("orders.read"):
            sight |= under_q(grant.level, grant.cell_id)
        return (
            sight
            | OrderQuerySet.mine_q(actor)
            | OrderQuerySet.called_q(actor)
            | OrderQuerySet.hall_q(actor)
        )

    @staticmethod
    def called_q(actor: Actor, *, still: bool = False) -> Q:
        """Orders to which the actor's departments were called; `still`: not reported back yet."""
        ids = called_orders(actor)
        return Q(pk__in=[pk for pk, open_ in ids.items() if open_ or not still])

    @staticmethod
    def mine_q(actor: Actor) -> Q:
        """Orders this actor handles, by post, organisation or in person."""
        posts = [grant.appointment_id for grant in actor.grants]
        mine = Q(pk__in=())
        if posts:
            mine |= Q(handler_post_id__in=posts)
        if actor.org_ids:
            mine |= Q(handler_org_id__in=actor.org_ids)
        if actor.user_id is not None:
            mine |= Q(handler_user_id=actor.user_id) | Q(reporter_user_id=actor.user_id)
        return mine

    @staticmethod
    def hall_q(actor: Actor) -> Q:
        """The claim hall: everything offered, for liaisons and members of organisations."""
        claimer = any(
            member.rights & {"orders.claim_org", "orders.claim_member"}
            for member in actor.memberships
        )
        return Q(state=State.OFFERED) if claimer else Q(pk__in=())

    def mine(self, actor: Actor) -> Self:
        """Orders this actor handles, or to which their department is called."""
        return self.filter(self.mine_q(actor) | self.called_q(actor, still=True))

    def open(self) -> Self:
        """Not ended."""
        return self.filter(state__in=OPEN)

    def overdue(self) -> Self:
        """Open and past the limit of the current step."""
        return self.open().filter(due_at__lt=clock.now())

    def solved(self) -> Self:
        """Verified by somebody else than the handler, or closed after that."""
        return self.filter(state__in=SOLVED, verified_at__isnull=False)

    def on_board(self) -> Self:
        """What the public board may show: nothing private, untriaged or refused."""
        return self.filter(is_public=True)

    def with_parts(self) -> Self:
        """Everything a row or a detail page names, in the same query."""
        return self.select_related(
            "cell", "desk", "category", "handler_post__kind", "handler_post__cell",
            "handler_post__user", "handler_org", "handler_user",
        ).defer("cell__boundary", "desk__boundary", "handler_post__cell__boundary")  # fmt: skip

    def for_rows(self) -> Self:
        """What a line of a list names, and no column more: texts and sealed fields stay behind."""
        return self.select_related(
            "cell", "category", "handler_post__kind", "handler_post__cell", "handler_post__user",
            "handler_org", "handler_user",
        ).only(*_ROW_COLUMNS)  # fmt: skip

    def for_ties(self) -> Self:
        """What the page of another order says of one that belongs to it."""
        return self.select_related("cell").only(
            "number", "title", "state", "parent", "merged_into", "caller", "handler_post",
            "handler_org", "handler_user", "reporter_user", "klass", "cell__path", "cell__code",
            "cell__name", "cell__level", "due_at",
        )  # fmt: skip


_ROW_COLUMNS = (
    "number", "kind", "state", "klass", "title", "priority", "light", "step", "step_started_at",
    "due_at", "created_at", "promised_at", "satisfaction", "is_public", "slots", "slots_free",
    "skill", "offered_until", "finished_by", "reporter_user", "cell__code", "cell__name",
    "cell__level", "cell__path", "category__code", "category__name", "handler_post__cell__name",
    "handler_post__kind__name", "handler_post__user__name", "handler_post__user__username",
    "caller", "card", "handler_org__name", "handler_user__name", "handler_user__username",
)  # fmt: skip
