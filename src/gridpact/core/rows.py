"""Several INSERTs of one verb as one statement: one round trip, one plan, prepared by the server."""

from __future__ import annotations

from functools import cache
from typing import Any

import psycopg
from django.db import connection, models

Column = tuple[Any, str]  # (field, attname)


@cache
def _columns(model: type[models.Model], with_key: bool) -> tuple[tuple[Any, ...], str]:
    """The concrete fields of `model` to write and the INSERT text with placeholders."""
    fields = tuple(each for each in model._meta.concrete_fields if with_key or not each.primary_key)
    names = ", ".join(f'"{each.column}"' for each in fields)
    marks = ", ".join("%s" for _ in fields)
    table = model._meta.db_table
    return fields, f'INSERT INTO "{table}" ({names}) VALUES ({marks})'


@cache
def _statement(shape: tuple[tuple[type[models.Model], bool], ...]) -> str:
    inserts = [_columns(model, with_key)[1] for model, with_key in shape]
    if len(inserts) == 1:
        return inserts[0]
    heads = ", ".join(f"r{number} AS ({text})" for number, text in enumerate(inserts[:-1]))
    return f"WITH {heads} {inserts[-1]}"


def insert_rows(*rows: models.Model) -> None:
    """Insert unsaved `rows`, in one statement on the current connection and transaction.

    A row without a primary key gets one from the database and does not learn it; give the key
    (`next_id`) where another row refers to it. Raises django.db.IntegrityError like `save()`.
    """
    shape = tuple((type(row), row.pk is not None) for row in rows)
    values: list[Any] = []
    for row, (model, with_key) in zip(rows, shape, strict=True):
        fields, _ = _columns(model, with_key)
        values.extend(
            field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields
        )
    execute(_statement(shape), values)


def execute(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """Run `sql` with server-side parameters and a prepared plan; return the rows, if any.

    Database errors surface as Django's, and mark the transaction as broken as the ORM does.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        try:
            with psycopg.Cursor(connection.connection) as cursor:
                cursor.execute(sql, values, prepare=True)
                return cursor.fetchall() if cursor.description else []
        except psycopg.Error:
            if connection.in_atomic_block:
                connection.needs_rollback = True
            raise
