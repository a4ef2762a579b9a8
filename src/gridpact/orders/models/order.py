"""The order itself, its categories and its daily numbers."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock, crypto
from gridpact.core.access import Actor
from gridpact.grid.models import Appointment, Cell, CellScoped, ScopedQuerySet, under_q
from gridpact.orders.choices import (
    OPEN,
    SOLVED,
    Channel,
    Kind,
    Klass,
    Priority,
    Satisfaction,
    State,
    Step,
)
from gridpact.orgs.models import Org


class Category(models.Model):
    """What an order is about: the ten service areas on top, kinds of matters below them."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=40)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class NumberDay(models.Model):
    """The sequence value before the first number of a day; written once a day, never updated."""

    day = models.DateField(primary_key=True)
    base = models.BigIntegerField()

    class Meta:
        ordering = ("day",)

    def __str__(self) -> str:
        return str(self.day)


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
        return sight | OrderQuerySet.mine_q(actor) | OrderQuerySet.hall_q(actor)

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
        """Orders this actor handles."""
        return self.filter(self.mine_q(actor))

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


_ROW_COLUMNS = (
    "number", "kind", "state", "klass", "title", "priority", "step", "step_started_at", "due_at",
    "created_at", "promised_at", "satisfaction", "is_public", "slots", "slots_free", "skill",
    "offered_until", "finished_by", "reporter_user", "cell__code", "cell__name", "cell__level",
    "cell__path", "category__code", "category__name", "handler_post__cell__name",
    "handler_post__kind__name", "handler_post__user__name", "handler_post__user__username",
    "handler_org__name", "handler_user__name", "handler_user__username",
)  # fmt: skip

_OPEN_Q = Q(state__in=[str(state) for state in OPEN])


class Order(CellScoped):
    """One matter of one resident (工单), from placing to rating."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.NEED)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.WEB)
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("text"))
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, db_index=False)
    address = models.CharField(_("address"), max_length=200, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    given_lon = models.FloatField(null=True)
    given_lat = models.FloatField(null=True)
    datum = models.CharField(max_length=5, blank=True)
    placed_by = models.CharField(max_length=10, blank=True, help_text="how the cell was found")
    desk = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="+", db_index=False)

    reporter_name_sealed = models.TextField(blank=True, default="")
    reporter_phone_sealed = models.TextField(blank=True, default="")
    reporter_phone_digest = models.CharField(max_length=32, blank=True, default="")
    reporter_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    anonymous = models.BooleanField(_("anonymous"), default=False)

    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.SUBMITTED
    )
    klass = models.CharField(_("class"), max_length=7, choices=Klass.choices, blank=True)
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.NORMAL)
    is_key = models.BooleanField(_("key order"), default=False)
    is_public = models.BooleanField(default=False)

    handler_post = models.ForeignKey(
        Appointment, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    handler_org = models.ForeignKey(
        Org, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    handler_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    slots = models.PositiveSmallIntegerField(_("places"), default=1)
    slots_free = models.PositiveSmallIntegerField(default=0)
    offered_until = models.DateTimeField(null=True)
    skill = models.CharField(_("wanted skill"), max_length=40, blank=True)

    created_at = models.DateTimeField(_("placed"))
    promised_at = models.DateTimeField(_("promised"))
    step = models.CharField(max_length=9, choices=Step.choices, blank=True)
    step_started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(_("due"), null=True)
    finished_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    answer = models.TextField(_("answer"), blank=True)
    satisfaction = models.CharField(max_length=11, choices=Satisfaction.choices, blank=True)
    solved_word = models.BooleanField(null=True)
    returns = models.PositiveSmallIntegerField(default=0)
    redone = models.PositiveSmallIntegerField(default=0)
    source_system = models.CharField(max_length=40, blank=True)
    source_number = models.CharField(max_length=60, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=["community_id", "state", "due_at", "id"], name="order_community"),
            models.Index(fields=["state", "due_at", "id"], name="order_state_due"),
            models.Index(fields=["created_at", "id"], name="order_created"),
            models.Index(
                fields=["community_id", "due_at", "id"], name="order_open_comm", condition=_OPEN_Q
            ),
            models.Index(
                fields=["grid_id", "due_at", "id"], name="order_open_grid", condition=_OPEN_Q
            ),
            models.Index(
                fields=["township_id", "due_at", "id"], name="order_open_town", condition=_OPEN_Q
            ),
            models.Index(fields=["due_at", "id"], name="order_open_due", condition=_OPEN_Q),
            models.Index(fields=["cell", "due_at"], name="order_cell"),
            models.Index(
                fields=["-created_at", "-id"], name="order_board", condition=Q(is_public=True)
            ),
            models.Index(
                fields=["community_id", "-created_at", "-id"], name="order_board_comm",
                condition=Q(is_public=True),
            ),
            *(
                models.Index(
                    fields=[field, "due_at"], name=f"order_{field}",
                    condition=Q(**{f"{field}__isnull": False}),
                )
                for field in ("handler_post", "handler_org", "handler_user", "reporter_user")
            ),
            models.Index(
                fields=["reporter_phone_digest"], name="order_phone",
                condition=~Q(reporter_phone_digest=""),
            ),
        )  # fmt: skip
        constraints = (
            models.UniqueConstraint(
                fields=["source_system", "source_number"], name="one_order_per_source_number",
                condition=~Q(source_number=""),
            ),
            models.CheckConstraint(
                condition=Q(slots_free__lte=models.F("slots")), name="slots_free_within_slots"
            ),
            models.CheckConstraint(
                condition=~Q(klass=Klass.PRIVATE) | Q(is_public=False),
                name="private_is_never_public",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.number

    @property
    def code(self) -> str:
        """The resident's tracking code, derived from the number by the installation's key."""
        return crypto.short_code("order", self.number)

    @property
    def is_open(self) -> bool:
        """True until it is closed, refused, withdrawn or merged."""
        return self.state in OPEN

    @property
    def reporter_name(self) -> str:
        """In clear; mask it before showing it."""
        return crypto.unseal(self.reporter_name_sealed)

    @property
    def reporter_phone(self) -> str:
        """In clear; mask it before showing it."""
        return crypto.unseal(self.reporter_phone_sealed)

    @property
    def handler_label(self) -> str:
        """Who has it now, as staff see it."""
        if self.handler_org_id is not None:
            officer = (self.handler_user,) if self.handler_user_id is not None else ()
            return " ".join(map(str, (self.handler_org, *officer)))
        if self.handler_post is not None:
            return f"{self.handler_post.label} {self.handler_post.user}"
        return str(self.handler_user) if self.handler_user_id is not None else ""
