"""The index of words: what each order can be found by, and how far the index has come."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Lookup, Q

from gridpact.orders.models.order import Order


@SearchVectorField.register_lookup
class FoundBy(Lookup):
    """`words__found_by="'路灯' & '坏'"`: a text in the language of tsquery, as it is."""

    lookup_name = "found_by"

    def get_prep_lookup(self) -> str:
        """The text itself."""
        return str(self.rhs)

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """As a parameter."""
        return "%s", (value,)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """`column @@ query`."""
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}::tsquery", (*left_values, *right_values)


class OrderWordsQuerySet(models.QuerySet["OrderWords"]):
    """Rows by words."""

    def matching(self, asked: str, *, shown: bool = False) -> Self:
        """Rows that match a tsquery; `shown` asks only what masks leave visible.

        `asked` comes from `search.wording`, which lets nothing but letters and digits through.
        """
        if shown:
            return self.filter(shown__isnull=False, shown__found_by=asked)
        return self.filter(words__found_by=asked)


class OrderWords(models.Model):
    """The words of one order: `words` for those who read it in full, `shown` under the masks.

    `shown` is empty unless the order stands on the board or in the claim hall. `upto` is the
    newest line of the timeline that is in it.
    """

    order = models.OneToOneField(Order, primary_key=True, on_delete=models.CASCADE)
    words = SearchVectorField()
    shown = SearchVectorField(null=True)
    upto = models.BigIntegerField()

    objects = OrderWordsQuerySet.as_manager()

    class Meta:
        ordering = ("-order",)
        indexes = (
            GinIndex(fields=["words"], name="order_words"),
            GinIndex(fields=["shown"], name="order_shown", condition=Q(shown__isnull=False)),
        )

    def __str__(self) -> str:
        return str(self.order_id)


class WordsMark(models.Model):
    """One row: how much of the timeline is in the index of words for certain.

    Lines get their numbers before they are committed. Those up to `seen` were looked at while
    transactions up to `horizon` were running; once these are over, `upto` may follow.
    """

    upto = models.BigIntegerField(default=0)
    seen = models.BigIntegerField(default=0)
    horizon = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.upto)


class WordsDue(models.Model):
    """An order whose words are made anew though nothing was added to its timeline."""

    order = models.OneToOneField(Order, primary_key=True, on_delete=models.CASCADE)

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return str(self.order_id)
