"""Keyset paging: pages start after a known row, so that page 2,000 costs what page 2 costs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, F, Field, Func, Model, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Refused
from gridpact.core.texts import register_refusals

MAX_CURSOR = 1000  # characters
MAX_SIZE = 200  # rows
_BIGGEST = 2**63 - 1

register_refusals({"bad_cursor": _("This page address is not valid. Please start from the list.")})


class BadCursor(Refused):
    """The cursor is not one of ours, or belongs to another list."""

    def __init__(self) -> None:
        super().__init__("bad_cursor", 400)


T = TypeVar("T")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of rows and the cursors of its neighbours (None at either end)."""

    items: Sequence[T]
    next: str | None
    prev: str | None


@dataclass(frozen=True, slots=True)
class _Column:
    """One sort column: lookup path, direction, field (for parsing), and whether it may be null."""

    name: str
    descending: bool
    field: Field[Any, Any] | None
    nullable: bool

    def reversed(self) -> _Column:
        return _Column(self.name, not self.descending, self.field, self.nullable)


@dataclass(frozen=True, slots=True)
class _Section:
    """A stretch of the list with one row order; a nullable lead makes two, null rows last."""

    where: Q
    columns: tuple[_Column, ...]
    null_lead: bool = False


class _RowCompare(Func):
    """SQL row comparison `(a, b) > (x, y)`, which walks one index from the right place."""

    output_field = BooleanField()

    def __init__(self, columns: Sequence[_Column], values: Sequence[Any], sign: str) -> None:
        sides: list[Combinable] = [F(column.name) for column in columns]
        sides += [
            Value(value, output_field=column.field) if column.field else Value(value)
            for column, value in zip(columns, values, strict=True)
        ]
        super().__init__(*sides)
        self.sign = sign

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # Django leaves the extras open
        """Two row constructors with the sign between them."""
        parts: list[str] = []
        params: list[Any] = []
        for source in self.get_source_expressions():
            sql, more = compiler.compile(source)
            parts.append(sql)
            params.extend(more)
        half = len(parts) // 2
        return f"({', '.join(parts[:half])}) {self.sign} ({', '.join(parts[half:])})", params


def _field_of(queryset: QuerySet[Any], name: str) -> tuple[Field[Any, Any] | None, bool]:
    """The field behind a lookup path or annotation, and whether its value may be null."""
    annotation = queryset.query.annotations.get(name)
    if annotation is not None:
        return annotation.output_field, True
    model: type[Model] = queryset.model
    nullable = False
    field: Any = None
    for part in name.split("__"):
        try:
            field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        except FieldDoesNotExist as error:
            raise ValueError(f"cannot sort {model.__name__} by {name}") from error
        nullable = nullable or bool(getattr(field, "null", False))
        model = field.related_model or model
    if field.is_relation:  # sorting by a key column compares its number
        field = field.target_field
    return field, nullable


def _columns(queryset: QuerySet[Any], order: Sequence[str]) -> tuple[_Column, ...]:
    """The sort columns, ending in the primary key so that every row has its own place."""
    names = [part.lstrip("-") for part in order]
    if not {"pk", queryset.model._meta.pk.name} & set(names):
        sign = "-" if order and order[-1].startswith("-") else ""
        order = (*order, f"{sign}pk")
    return tuple(
        _Column(part.lstrip("-"), part.startswith("-"), *_field_of(queryset, part.lstrip("-")))
        for part in order
    )


def _sections(columns: tuple[_Column, ...]) -> list[_Section]:
    lead = columns[0]
    if not lead.nullable:
        return [_Section(Q(), columns)]
    there = _Column(lead.name, lead.descending, lead.field, nullable=False)
    return [
        _Section(Q(**{f"{lead.name}__isnull": False}), (there, *columns[1:])),
        _Section(Q(**{f"{lead.name}__isnull": True}), columns[1:], null_lead=True),
    ]


def _backwards(sections: list[_Section]) -> list[_Section]:
    return [
        _Section(one.where, tuple(c.reversed() for c in one.columns), one.null_lead)
        for one in reversed(sections)
    ]


def _step(column: _Column, value: Any, *, backwards: bool) -> Q:
    """Rows strictly behind `value` in one column; null stands last (first backwards)."""
    beyond = Q(**{f"{column.name}__{'lt' if column.descending else 'gt'}": value})
    if not column.nullable:
        return beyond
    if value is None:
        return Q(**{f"{column.name}__isnull": False}) if backwards else Q(pk__in=[])
    return beyond if backwards else beyond | Q(**{f"{column.name}__isnull": True})


def _after(
    columns: Sequence[_Column], values: Sequence[Any], *, backwards: bool
) -> Q | _RowCompare:
    """The condition for rows behind `values` in this order."""
    uniform = len({column.descending for column in columns}) == 1
    if uniform and not any(column.nullable for column in columns):
        return _RowCompare(columns, values, "<" if columns[0].descending else ">")
    condition = Q(pk__in=[])
    same = Q()
    for column, value in zip(columns, values, strict=True):
        condition |= same & _step(column, value, backwards=backwards)
        missing = value is None
        same &= Q(**{f"{column.name}__isnull": True}) if missing else Q(**{column.name: value})
    lead = columns[0]
    if lead.nullable:
        return condition
    # Says nothing new, but lets an index on the leading column start in the right place.
    return Q(**{f"{lead.name}__{'lte' if lead.descending else 'gte'}": values[0]}) & condition


def _ordering(columns: Sequence[_Column], *, backwards: bool) -> list[Any]:
    """Plain names where possible, so that indexes fit; null rows last otherwise."""
    order: list[Any] = []
    for column in columns:
        if not column.nullable:
            order.append(f"{'-' if column.descending else ''}{column.name}")
            continue
        where = {"nulls_first": True} if backwards else {"nulls_last": True}
        expression = F(column.name)
        order.append(expression.desc(**where) if column.descending else expression.asc(**where))
    return order


def _value(item: Any, name: str) -> Any:
    """The value of a sort column on a model instance, or on a row of `.values()`."""
    if isinstance(item, Mapping):
        return item[name]
    for part in name.split("__"):
        item = getattr(item, part, None)
    return item.pk if isinstance(item, Model) else item


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


def encode(way: str, values: Sequence[Any]) -> str:
    """An opaque cursor: base64url of a JSON list, `way` is n (after) or p (before)."""
    text = json.dumps([way, *map(_plain, values)], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _parse(column: _Column, raw: Any) -> Any:
    if raw is None:
        if not column.nullable:
            raise BadCursor
        return None
    if isinstance(raw, list | dict) or (isinstance(raw, str) and "\x00" in raw):
        raise BadCursor
    if isinstance(raw, str):
        raw.encode()  # a lone surrogate has no place in the database (UnicodeEncodeError)
    value = column.field.to_python(raw) if column.field is not None else raw
    if value is None or (isinstance(value, int) and abs(value) > _BIGGEST):
        raise BadCursor
    if isinstance(value, datetime) and value.tzinfo is None:
        raise BadCursor
    return value


def decode(cursor: str, columns: Sequence[_Column]) -> tuple[str, list[Any]]:
    """The way and the values of a cursor for these columns. Raises `BadCursor` on junk."""
    if len(cursor) > MAX_CURSOR:
        raise BadCursor
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        data = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(data, list) or len(data) != len(columns) + 1 or data[0] not in ("n", "p"):
            raise BadCursor
        values = [_parse(column, raw) for column, raw in zip(columns, data[1:], strict=True)]
    except (
        binascii.Error, ValueError, TypeError, OverflowError, RecursionError, ValidationError,
        ArithmeticError,
    ) as error:  # fmt: skip
        raise BadCursor from error
    return data[0], values


def _fetch(
    queryset: QuerySet[Any],
    sections: list[_Section],
    values: list[Any] | None,
    size: int,
    *,
    backwards: bool,
) -> list[Any]:
    """Up to `size` rows behind `values`, going on into the next section when one runs out."""
    start = 0
    if values is not None and len(sections) > 1:
        start = next(i for i, one in enumerate(sections) if one.null_lead == (values[0] is None))
    rows: list[Any] = []
    for index, section in enumerate(sections[start:]):
        part = queryset.filter(section.where)
        if values is not None and index == 0:
            here = values[1:] if section.null_lead else values
            part = part.filter(_after(section.columns, here, backwards=backwards))
        ordering = _ordering(section.columns, backwards=backwards)
        rows += part.order_by(*ordering)[: size - len(rows)]
        if len(rows) >= size:
            break
    return rows


def keyset_page(
    queryset: QuerySet[M],
    order: Sequence[str] = ("pk",),
    cursor: str | None = None,
    size: int = 50,
) -> Page[M]:
    """`size` rows of `queryset` in `order` (`-` means descending, null always last) from `cursor`.

    The primary key is added as the last column when missing. Raises `BadCursor` on junk. The cost
    does not depend on how deep the page lies when an index fits the order.
    """
    size = max(1, min(size, MAX_SIZE))
    columns = _columns(queryset, order)
    way, values = decode(cursor, columns) if cursor else ("n", None)
    backwards = way == "p"
    sections = _sections(columns)
    if backwards:
        sections = _backwards(sections)
    rows = _fetch(queryset, sections, values, size + 1, backwards=backwards)
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()

    def at(way: str, index: int) -> str:
        if not rows and values is not None:
            return encode(way, values)
        return encode(way, [_value(rows[index], column.name) for column in columns])

    has_next = True if backwards else more  # whoever reads backwards came from a later page
    has_prev = more if backwards else values is not None
    return Page(rows, at("n", -1) if has_next else None, at("p", 0) if has_prev else None)
