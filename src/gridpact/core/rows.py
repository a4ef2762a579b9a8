"""Several INSERTs of one verb as one statement: one round trip, one plan kept by the server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import psycopg
from django.db import connection, models

Shape = tuple[tuple[type[models.Model], bool], ...]  # (model, primary key given)

# Fields whose Python value needs work before the driver can send it; all others go as they are.
_PREPARED = (models.JSONField, models.FileField, models.DecimalField)


class _Insert(NamedTuple):
    """How to insert one row: attributes to read, those to prepare, table and columns."""

    names: tuple[str, ...]
    prepared: dict[int, Any]
    head: str


@cache
def _insert(model: type[models.Model], with_key: bool) -> _Insert:
    fields = [each for each in model._meta.concrete_fields if with_key or not each.primary_key]
    columns = ", ".join(f'"{each.column}"' for each in fields)
    return _Insert(
        tuple(each.attname for each in fields),
        {place: each for place, each in enumerate(fields) if isinstance(each, _PREPARED)},
        f'INSERT INTO "{model._meta.db_table}" ({columns})',
    )


@cache
def _statement(shape: Shape) -> str:
    inserts, first = [], 1
    for model, with_key in shape:
        insert = _insert(model, with_key)
        marks = ", ".join(f"${first + place}" for place in range(len(insert.names)))
        first += len(insert.names)
        inserts.append(f"{insert.head} VALUES ({marks})")
    *heads, last = inserts
    if not heads:
        return last
    return "WITH " + ", ".join(f"r{n} AS ({text})" for n, text in enumerate(heads)) + f" {last}"


def insert_rows(*rows: models.Model) -> None:
    """Insert unsaved `rows`, in one statement on the current connection and transaction.

    A row without a primary key gets one from the database and does not learn it; set the key
    beforehand where another row refers to it. Raises django.db.IntegrityError like `save()`.
    """
    shape = tuple((type(row), row.pk is not None) for row in rows)
    values: list[Any] = []
    for row, (model, with_key) in zip(rows, shape, strict=True):
        insert = _insert(model, with_key)
        state = row.__dict__
        for place, name in enumerate(insert.names):
            value = state[name]
            field = insert.prepared.get(place)
            if field is not None:
                value = field.get_db_prep_save(value, connection)
            values.append(str(value) if isinstance(value, str) else value)
    _run(psycopg.RawCursor, _statement(shape), values)


def execute(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """Run `sql` (%s marks) with server-side parameters and a prepared plan; return its rows.

    Database errors surface as Django's, and mark the transaction as broken as the ORM does.
    """
    return _run(psycopg.Cursor, sql, values)


def _run(kind: type[psycopg.Cursor[Any]], sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    # A raw cursor takes $1 marks and skips psycopg's own reading of long statements.
    connection.ensure_connection()
    with connection.wrap_database_errors:
        try:
            with kind(connection.connection) as cursor:
                cursor.execute(sql, values, prepare=True)
                return cursor.fetchall() if cursor.description else []
        except psycopg.Error:
            if connection.in_atomic_block:
                connection.needs_rollback = True
            raise


class CopyTable:
    """COPY into one table: many rows like one model instance, with some columns replaced."""

    def __init__(self, template: models.Model, varying: Sequence[str], *, with_key: bool) -> None:
        meta = template._meta
        fields = [f for f in meta.concrete_fields if with_key or not f.primary_key]
        names = [str(f.attname) for f in fields]
        self._base = [
            field.get_db_prep_save(getattr(template, field.attname), connection)
            if isinstance(field, _PREPARED)
            else getattr(template, field.attname)
            for field in fields
        ]
        self._at = [names.index(name) for name in varying]
        columns = ", ".join(f'"{f.column}"' for f in fields)
        self._sql = f'COPY "{meta.db_table}" ({columns}) FROM STDIN'

    def copy(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Write rows given by their varying columns, in the order named."""
        with (
            connection.wrap_database_errors,
            psycopg.Cursor(connection.connection) as cursor,
            cursor.copy(self._sql) as copy,
        ):
            for row in rows:
                values = self._base.copy()
                for at, value in zip(self._at, row, strict=True):
                    values[at] = value
                copy.write_row(values)
