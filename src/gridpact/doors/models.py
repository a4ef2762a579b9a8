"""Pasted chains with their entries, emptied suggestion boxes, and the hotlines that send files."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridpact.core import crypto
from gridpact.core.access import Actor
from gridpact.doors.choices import ChainKind, EntryState
from gridpact.grid.models import CellScoped, ScopedQuerySet, under_q
from gridpact.orders.models import Order


def _sight(actor: Actor) -> Q:
    """Where the actor's posts read orders."""
    sight = Q(pk__in=())
    for grant in actor.grants_for("orders.read"):
        sight |= under_q(grant.level, grant.cell_id)
    return sight


class ChainQuerySet(ScopedQuerySet["Chain"]):
    """Chains by sight."""

    def visible_to(self, actor: Actor) -> Self:
        """Chains of the cells where the actor reads orders."""
        return self if actor.is_system else self.filter(_sight(actor))


class Chain(CellScoped):
    """A chain of one group and day; each paste brings it up to date."""

    day = models.DateField(_("day"))
    group = models.CharField(_("group"), max_length=40, blank=True)
    title = models.TextField(_("title"), blank=True)
    title_digest = models.CharField(max_length=32)
    kind = models.CharField(_("becomes"), max_length=7, choices=ChainKind.choices)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ChainQuerySet.as_manager()

    class Meta:
        ordering = ("-updated_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["cell", "group", "day", "title_digest"], name="one_chain_per_group_and_day"
            ),
        )
        indexes = (models.Index(fields=["-updated_at", "-id"], name="chain_newest"),)

    def __str__(self) -> str:
        return self.title[:40]


class ChainPaste(models.Model):
    """One paste: the raw text (sealed) with the SHA-256 of what was pasted, and what it changed."""

    chain = models.ForeignKey(Chain, on_delete=models.CASCADE, related_name="pastes")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    text_sealed = models.TextField()
    sha256 = models.CharField(max_length=64)
    new = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField()
    same = models.PositiveIntegerField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.chain_id} {self.sha256[:8]}"

    @property
    def text(self) -> str:
        """The text as it was pasted."""
        return crypto.unseal(self.text_sealed)


class ChainEntry(models.Model):
    """One person's line of a chain; rows stay when the person leaves the list."""

    chain = models.ForeignKey(Chain, on_delete=models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField(help_text="as in the last paste that had it")
    name_digest = models.CharField(max_length=32)
    ordinal = models.PositiveIntegerField(help_text="among people of the same name, from 1")
    state = models.CharField(max_length=9, choices=EntryState.choices, default=EntryState.NEW)
    name_sealed = models.TextField(blank=True)
    phone_sealed = models.TextField(blank=True)
    place = models.CharField(max_length=60, blank=True)
    count = models.PositiveSmallIntegerField(default=1)
    remark = models.TextField(blank=True)
    print = models.CharField(max_length=32, help_text="digest of everything but the number")
    doubts = models.JSONField(default=list, help_text="codes")
    known_as = models.CharField(max_length=80, blank=True, help_text="who of the cell it is")
    order = models.ForeignKey(
        Order, null=True, on_delete=models.PROTECT, related_name="chain_entries"
    )
    first_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        ordering = ("number", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["chain", "name_digest", "ordinal"], name="one_row_per_person_of_a_chain"
            ),
        )

    def __str__(self) -> str:
        return f"{self.chain_id} {self.number}"

    @property
    def name(self) -> str:
        """The name in clear."""
        return crypto.unseal(self.name_sealed)

    @property
    def phone(self) -> str:
        """The phone in clear."""
        return crypto.unseal(self.phone_sealed)


class BoxQuerySet(ScopedQuerySet["BoxEmptying"]):
    """Emptied boxes by sight."""

    def visible_to(self, actor: Actor) -> Self:
        """Boxes of the cells where the actor reads orders."""
        return self if actor.is_system else self.filter(_sight(actor))


class BoxEmptying(CellScoped):
    """A suggestion box that two people emptied; its slips are orders with this as their source."""

    place = models.CharField(_("where the box hangs"), max_length=60)
    emptied_on = models.DateField(_("emptied on"))
    witnesses = models.CharField(_("emptied by"), max_length=100)
    slips = models.PositiveIntegerField()
    token = models.CharField(max_length=36, unique=True, help_text="one per form")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()

    objects = BoxQuerySet.as_manager()

    class Meta:
        ordering = ("-entered_at", "-id")

    def __str__(self) -> str:
        return f"{self.place} {self.emptied_on}"


class Hotline(models.Model):
    """A hotline that sends files: which column holds what, and when it was last told."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=40)
    columns = models.JSONField(default=dict, help_text="{what a column holds: its header}")
    loaded_at = models.DateTimeField(null=True)
    told_until = models.DateTimeField(null=True, help_text="changes up to here were exported")

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name
