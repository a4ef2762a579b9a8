"""One array parameter instead of thousands of placeholders, for conditions over many ids."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, Value


def among(ids: Iterable[int]) -> Func:
    """`filter(cell_id__in=among(ids))`: the ids travel as one array.

    A plain list becomes a placeholder for each id, and splitting those costs more than the query.
    """
    array = Value(list(ids), output_field=ArrayField(BigIntegerField()))
    return Func(array, template="SELECT unnest(%(expressions)s)", output_field=BigIntegerField())


def one_of(ids: Iterable[int], column: str = "pk") -> Func:
    """`filter(one_of(ids))`: `column = ANY (array)`, which walks the column's index.

    `among` leaves the planner to guess how many they are; here it counts them.
    """
    array = Func(
        Value(list(ids), output_field=ArrayField(BigIntegerField())), template="(%(expressions)s)"
    )
    return Func(
        F(column), array, template="(%(expressions)s)", arg_joiner=" = ANY ",
        output_field=BooleanField(),
    )  # fmt: skip
