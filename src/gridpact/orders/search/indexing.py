"""Keeps the index of words: follows the timeline, which every change of an order writes to."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from django.db import transaction

from gridpact.core.among import among
from gridpact.core.masking import mask_address, mask_name, mask_text
from gridpact.core.rows import execute
from gridpact.grid.dependents import CellsMoved
from gridpact.grid.tree import Tree, tree
from gridpact.orders.choices import SOLVED, Klass, State
from gridpact.orders.models import Order, OrderLog, OrderWords, WordsDue, WordsMark
from gridpact.orders.search.vocabulary import vocabulary
from gridpact.orders.search.wording import (
    BOARD_MARK,
    OFFERED_MARK,
    SOLVED_MARK,
    Part,
    batch_mark,
    cell_mark,
    vector,
)

BATCH = 1_000  # orders
MANY = 1_000  # orders made at once, after which the server counts the words anew
LINES = 5_000  # of the timeline, looked at together

_WRITE = """
INSERT INTO orders_orderwords (order_id, words, shown, upto)
SELECT id, words::tsvector, shown::tsvector, upto
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) AS t (id, words, shown, upto)
ON CONFLICT (order_id) DO UPDATE
SET words = excluded.words, shown = excluded.shown, upto = excluded.upto
"""
_CHANGED = """
SELECT DISTINCT l.order_id FROM orders_orderlog l
LEFT JOIN orders_orderwords w ON w.order_id = l.order_id
WHERE l.id > %s AND l.id <= %s AND (w.order_id IS NULL OR w.upto < l.id)
ORDER BY 1
"""
_NOW = """
SELECT coalesce((SELECT max(id) FROM orders_orderlog), 0),
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""


def index_changes(seconds: float) -> bool:
    """Index what changed since last time, for at most `seconds`; False when nothing is left.

    Two workers at once write the same twice and lose nothing.
    """
    until = time.monotonic() + seconds
    while index_due():
        if time.monotonic() > until:
            return True
    mark, _made = WordsMark.objects.get_or_create(pk=1)
    newest, oldest_running, next_one = execute(_NOW, [])[0]
    if oldest_running >= mark.horizon:
        safe, mark.seen, mark.horizon = mark.seen, newest, next_one
        mark.save(update_fields=["seen", "horizon"])
    else:
        safe = mark.upto
    at, made = mark.upto, 0
    while at < newest:
        end = min(at + LINES, newest)
        changed = [row[0] for row in execute(_CHANGED, [at, end])]
        for start in range(0, len(changed), BATCH):
            index_orders(changed[start : start + BATCH])
        at, made = end, made + len(changed)
        WordsMark.objects.filter(pk=mark.pk, upto__lt=min(at, safe)).update(upto=min(at, safe))
        if time.monotonic() > until:
            break
    if made >= MANY:
        execute("ANALYZE orders_orderwords", [])  # how common words are decides how they are found
    return bool(at < newest)


def index_due() -> bool:
    """Index one batch of the orders whose words are to be made anew; False when none is left."""
    with transaction.atomic():
        rows = WordsDue.objects.select_for_update(skip_locked=True)
        due = list(rows.values_list("pk", flat=True)[:BATCH])
        index_orders(due)
        WordsDue.objects.filter(pk__in=among(due)).delete()
    return bool(due)


def index_orders(ids: Sequence[int]) -> None:
    """Write the words of these orders as they are now."""
    upto: dict[int, int] = {}
    notes: dict[int, list[str]] = {}
    for pk, order_id, text, told in (
        OrderLog.objects.filter(order_id__in=among(ids))
        .order_by("pk")
        .values_list("pk", "order_id", "text", "told")
    ):
        upto[order_id] = pk
        notes.setdefault(order_id, []).extend(each for each in (text, told) if each)
    snapshot, names = tree(), vocabulary()
    rows = []
    for order in Order.objects.filter(pk__in=among(ids)).select_related("category").order_by("pk"):
        said = list(dict.fromkeys(notes.get(order.pk, ())))
        marks = _marks(order, snapshot)
        full = vector(_parts(order, said, snapshot), marks, names)
        shown = vector(_masked(order, snapshot), marks, names) if _is_shown(order) else None
        rows.append((order.pk, full, shown, upto.get(order.pk, 0)))
    if rows:
        execute(_WRITE, [list(column) for column in zip(*rows, strict=True)])


def _place(order: Order, snapshot: Tree) -> str:
    return f"{snapshot.names(order.cell_id)} {order.category.name if order.category else ''}"


def _parts(order: Order, said: Iterable[str], snapshot: Tree) -> list[Part]:
    """What those find it by who read it in full."""
    return [
        Part(order.title, "A"),
        Part(order.text, "B"),
        Part(order.address, "C"),
        Part(_place(order, snapshot), "C"),
        Part(order.answer, "D"),
        *(Part(text, "D") for text in said if text != order.answer),
    ]


def _is_shown(order: Order) -> bool:
    """On the board or in the claim hall; a private matter is found by nobody who cannot read it."""
    return order.klass != Klass.PRIVATE and (order.is_public or order.state == State.OFFERED)


def _masked(order: Order, snapshot: Tree) -> list[Part]:
    """What the public reads: no phones, doors, plates, nor the reporter's name."""
    name = order.reporter_name
    texts = {
        order.title: "A",
        order.text: "B",
        mask_address(order.address): "C",
        (order.answer if order.state in SOLVED else ""): "D",
    }
    masked = [Part(mask_text(_without(name, text)), w) for text, w in texts.items()]
    return [*masked, Part(_public_place(order, snapshot), "C")]


def _without(name: str, text: str) -> str:
    """`text` with this name as the public reads it."""
    return text.replace(name, mask_name(name)) if len(name) > 1 else text


def _public_place(order: Order, snapshot: Tree) -> str:
    """Township, community and grid; the board tells no building."""
    ids = (order.township_id, order.community_id, order.grid_id)
    names = [snapshot.by_id[each].name for each in ids if each and each in snapshot.by_id]
    return " ".join([*names, order.category.name if order.category else ""])


def _marks(order: Order, snapshot: Tree) -> list[str]:
    """Where it lies, in whose hands it is, and whether it is offered, shown or solved."""
    ref = snapshot.by_id.get(order.cell_id)
    path = ref.path if ref is not None else f"/{order.cell_id}/"
    marks = [batch_mark(order.pk)]
    marks += [cell_mark(int(part)) for part in path.split("/") if part]
    marks += [
        f"{sign}{key}"
        for sign, key in (
            ("@a", order.handler_post_id), ("@o", order.handler_org_id),
            ("@h", order.handler_user_id), ("@r", order.reporter_user_id),
        )
        if key is not None
    ]  # fmt: skip
    if order.state in SOLVED and order.verified_at is not None:
        marks.append(SOLVED_MARK)
    if order.state == State.OFFERED:
        marks.append(OFFERED_MARK)
    if order.is_public:
        marks.append(BOARD_MARK)
    return marks


def forget_words(order_ids: Iterable[int]) -> None:
    """Take orders out of the index, e.g. when their texts were blacked out; no order is changed."""
    OrderWords.objects.filter(pk__in=among(order_ids)).delete()


def follow_cells(moved: CellsMoved) -> list[int]:
    """After a redraw the orders of these cells lie elsewhere: their words are made anew."""
    cells = list(moved.cells)
    _all_due(cells)
    return cells


def return_cells(kept: list[int]) -> None:
    """The same when a redraw is taken back."""
    _all_due(kept)


def _all_due(cells: Iterable[int]) -> None:
    found = OrderWords.objects.filter(order__cell_id__in=among(cells))
    sql, values = found.order_by().values("pk").query.sql_with_params()
    execute(
        f"INSERT INTO orders_wordsdue (order_id) {sql} ON CONFLICT DO NOTHING",
        list(values),
    )
