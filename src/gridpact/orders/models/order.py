"""The order itself, its categories and its daily numbers."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridpact.core import crypto
from gridpact.grid.models import Appointment, Cell, CellScoped
from gridpact.orders.choices import (
    DESK,
    OPEN,
    Card,
    Channel,
    Kind,
    Klass,
    Light,
    Priority,
    Satisfaction,
    State,
    Step,
)
from gridpact.orders.models.sight import OrderQuerySet
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


_OPEN_Q = Q(state__in=[str(state) for state in OPEN])
_DESK_Q = Q(state__in=[str(state) for state in DESK])
# What supervision looks at: warned, late, or under a card of whatever origin.
_WATCHED_Q = ~Q(card="") | Q(light__gte=Light.WARNED)


class Order(CellScoped):
    """One matter of one resident (工单), from placing to rating."""

    # In plain byte order, so that one index finds a number and what begins like it.
    number = models.CharField(_("number"), max_length=20, db_collation="C")
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
    # Clocks: the worker looks at an order again at `mark_at`; `light` is what its step has reached.
    light = models.PositiveSmallIntegerField(default=Light.GREEN, choices=Light.choices)
    mark_at = models.DateTimeField(null=True)
    extra_minutes = models.PositiveIntegerField(default=0, help_text="granted by extension")
    paused_at = models.DateTimeField(null=True)
    review_on = models.DateField(null=True, help_text="a parked matter is looked at again")
    contact_due_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)

    # Way through the offices: who whistled, which order it belongs to, which rule sent it here.
    caller = models.ForeignKey(
        Cell, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sent_from = models.ForeignKey(
        Cell, null=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="the desk that sent it up",
    )  # fmt: skip
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="children", db_index=False
    )
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged", db_index=False
    )
    route_rule = models.BigIntegerField(null=True)
    card = models.CharField(_("card"), max_length=6, choices=Card.choices, blank=True)
    urged = models.PositiveSmallIntegerField(default=0)
    affected = models.PositiveIntegerField(default=0, help_text="others it also affects")

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
                fields=["-created_at", "-id"], name="order_wishes",
                condition=Q(is_public=True, kind=Kind.WISH),
            ),
            *(
                models.Index(
                    fields=[field, "due_at"], name=f"order_{field}",
                    condition=Q(**{f"{field}__isnull": False}),
                )
                for field in (
                    "handler_post", "handler_org", "handler_user", "reporter_user", "parent",
                    "merged_into",
                )
            ),
            models.Index(fields=["mark_at"], name="order_mark", condition=_OPEN_Q),
            models.Index(
                fields=["community_id", "due_at", "id"], name="order_watched_comm",
                condition=_WATCHED_Q,
            ),
            models.Index(fields=["due_at", "id"], name="order_watched", condition=_WATCHED_Q),
            models.Index(
                fields=["desk", "-light", "due_at", "id"], name="order_desk", condition=_DESK_Q
            ),
            models.Index(fields=["-light", "due_at", "id"], name="order_desks", condition=_DESK_Q),
            models.Index(
                fields=["community_id", "-created_at", "-id"], name="order_community_new"
            ),
            models.Index(
                fields=["reporter_phone_digest"], name="order_phone",
                condition=~Q(reporter_phone_digest=""),
            ),
        )  # fmt: skip
        constraints = (
            models.UniqueConstraint(fields=["number"], name="one_order_per_number"),
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
