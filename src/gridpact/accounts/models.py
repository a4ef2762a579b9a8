"""Users and their API tokens. What a user may do is not kept here: it derives from appointments."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock, crypto


class User(AbstractUser):
    """A person with an account. `name` is shown to colleagues; the phone is encrypted at rest."""

    name = models.CharField(_("name"), max_length=50)
    phone_sealed = models.TextField(blank=True, default="")
    phone_digest = models.CharField(max_length=32, blank=True, default="", db_index=True)
    first_name = None  # type: ignore[assignment]  # Chinese names are one field
    last_name = None  # type: ignore[assignment]  # names here are one field

    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("username",)

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def phone(self) -> str:
        """The phone in clear; mask it before showing it."""
        return crypto.unseal(self.phone_sealed)

    def set_phone(self, phone: str) -> None:
        """Keep `phone` sealed, with a digest to find it by."""
        self.phone_sealed = crypto.seal(phone)
        self.phone_digest = crypto.digest("phone", phone)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens by secret."""

    def valid(self, secret: str) -> ApiTokenQuerySet:
        """The unexpired token of an active user whose secret is `secret`."""
        return self.filter(
            digest=ApiToken.digest_of(secret), expires_at__gt=clock.now(), user__is_active=True
        )


class ApiToken(models.Model):
    """A bearer token; only the SHA-256 of its secret is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.user} {self.created_at:%Y-%m-%d}"

    @staticmethod
    def digest_of(secret: str) -> str:
        """SHA-256 of a token secret in hex."""
        return hashlib.sha256(secret.encode()).hexdigest()


class IdempotencyKey(models.Model):
    """The answer already given to a write, so that sending it again changes nothing."""

    caller = models.CharField(max_length=60)
    key = models.CharField(max_length=100)
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["caller", "key"], name="one_answer_per_key"),
        )

    def __str__(self) -> str:
        return self.key


class RateHit(models.Model):
    """One public write of one address; rows older than the window are swept by the worker."""

    address = models.CharField(max_length=45)
    scope = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["address", "scope", "at"], name="rate_hits"),)

    def __str__(self) -> str:
        return f"{self.address} {self.scope}"
