"""The background export of an order list: what the list shows, of all its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.downloads.kinds import ExportKind, Params
from gridpact.orders.listing import ListQuery
from gridpact.orders.models import Order
from gridpact.orders.models.sight import OrderQuerySet
from gridpact.orders.tables.export import COLUMNS, export_rows

BATCH = 2000


def _wanted(actor: Actor, params: Params) -> ListQuery:
    query = QueryDict(mutable=True)
    query.update({str(key): str(value) for key, value in params.items()})
    return ListQuery(actor, query).checked()


def _rows(actor: Actor, params: Params) -> Iterator[Sequence[object]]:
    return export_rows(newest_first(_wanted(actor, params).rows().for_rows()), actor)


def newest_first(rows: OrderQuerySet) -> Iterator[Order]:
    """All of `rows`, 2,000 at a time after the last one seen, so that memory stays flat."""
    ordered = rows.order_by("-created_at", "-id")
    batch = list(ordered[:BATCH])
    while batch:
        yield from batch
        last = batch[-1]
        older = Q(created_at__lt=last.created_at) | Q(pk__lt=last.pk)
        batch = list(ordered.filter(older, created_at__lte=last.created_at)[:BATCH])


def _scope(actor: Actor, params: Params) -> str:
    return _wanted(actor, params).in_words()


def _count(actor: Actor, params: Params) -> int | None:
    return _wanted(actor, params).rows().order_by().count()


ORDERS = ExportKind("orders", _("Orders"), "orders.export", COLUMNS, _rows, _scope, _count)
