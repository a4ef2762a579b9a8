"""Search by words, similar orders and the index itself, in process, on 1,000,000 orders."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from common import COMMUNITY, prepare
from lists import grow

NAME, TOTAL, ROUNDS = "large-search", 1_000_000, 15
PEOPLE = ("zhihe", "township", "district")
SEARCH_BAR, SIMILAR_BAR = 0.100, 0.050  # seconds

# Matters, the places they speak of and what is wished for: every order says something else.
_MATTERS = [
    "垃圾没有人清运",
    "垃圾桶满了味道大",
    "路灯不亮",
    "楼道灯坏了",
    "井盖松动响声大",
    "下水道堵了污水外溢",
    "电梯停运",
    "电梯困人",
    "停车占道",
    "消防通道被占",
    "楼上漏水",
    "半夜装修噪音",
    "广场舞声音太大",
    "流浪狗伤人",
    "树枝压到电线",
    "墙皮脱落",
    "自来水发黄",
    "燃气味道重",
    "快递柜挡路",
    "充电桩不够",
    "老人没人照看",
    "低保怎么办",
    "健身器材断了",
    "绿化带被毁种菜",
    "外墙瓷砖掉落",
    "门禁坏了",
    "屋顶渗水",
    "道路积水",
    "施工扬尘",
    "油烟扰民",
]
_PLACES = [
    "小区门口",
    "东门外",
    "学校旁边",
    "菜市场",
    "公交站",
    "地下车库",
    "三号楼下",
    "河边步道",
    "物业办公室",
]
_WISHES = [
    "请尽快处理",
    "已经反映过两次",
    "老人孩子不方便",
    "夜里看不清",
    "希望给个答复",
    "麻烦派人来看看",
]
_FILL = """
UPDATE orders_order SET title = m || p, text = p || m || '，' || w || '，编号' || k,
    answer = CASE WHEN verified_at IS NOT NULL
        THEN '已安排人员到现场，' || m || '的问题已经处理' ELSE '' END
FROM (
    SELECT id AS k, (%s::text[])[1 + (id * 7919) %% %s] AS m,
        (%s::text[])[1 + (id * 104729) %% %s] AS p, (%s::text[])[1 + (id * 15485863) %% %s] AS w
    FROM orders_order WHERE number LIKE 'BN%%'
) AS x
WHERE orders_order.id = x.k
"""
_QUESTIONS = {
    "common word": "垃圾", "two common words": "楼道 路灯", "most common word": "请",
    "rare word": "燃气味道", "phrase": "“电梯困人”", "rare number": "编号777777",
    "unlisted name": "丽景苑", "one sign": "灯", "some of the words": "电梯 瓷砖 充电桩",
}  # fmt: skip


def fill() -> None:
    """Texts that differ, and the index over them; prints how quickly it was made."""
    from django.db import connection

    from gridpact.orders.models import Order, OrderWords
    from gridpact.orders.search.indexing import index_changes

    grow(TOTAL)
    if Order.objects.filter(number__startswith="BN", title__startswith="楼道第").exists():
        lists = [_MATTERS, _PLACES, _WISHES]
        with connection.cursor() as cursor:
            cursor.execute(_FILL, [value for each in lists for value in (each, len(each))])
            cursor.execute("VACUUM ANALYZE orders_order")
    have, start = OrderWords.objects.count(), time.perf_counter()
    while index_changes(seconds=60):
        took = time.perf_counter() - start
        made = OrderWords.objects.count() - have
        print(f"indexed {made:,} orders, {made / took:,.0f}/s", flush=True)
    made = OrderWords.objects.count() - have
    if made > 10_000:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE orders_orderwords")
        print(f"index of words: {made / (time.perf_counter() - start):,.0f} orders/s")


def timed(label: str, bar: float, call: Callable[[], Any]) -> bool:
    """Median and worst of some rounds against the bar."""
    call()
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = call()
        took.append(time.perf_counter() - start)
    middle = statistics.median(took)
    print(
        f"{'ok ' if middle <= bar else 'NOT'} {label}: median {middle * 1000:.0f} ms,"
        f" worst {max(took) * 1000:.0f} ms (bar {bar * 1000:.0f}), {len(found)} found"
    )
    return middle <= bar


def ask(actor: Any, question: str) -> list[Any]:
    """The first page of a list narrowed by a question, as the list of orders reads it."""
    from gridpact.orders.filters import OrderFilter
    from gridpact.orders.models import Order

    form = OrderFilter({"q": question})
    form.is_valid()
    actor.extra.clear()
    rows = form.apply(Order.objects.visible_to(actor), actor)
    return list(rows.for_rows().order_by(*form.ordering())[:50])


def as_person(name: str) -> list[bool]:
    """All questions of one person; which bars were met."""
    from django.contrib.auth import get_user_model

    from gridpact.orders.models import Order
    from gridpact.orders.search.similar import similar_text, similar_to
    from gridpact.orgs.selectors import actor_for

    actor = actor_for(get_user_model().objects.get(username=name))
    good = [
        timed(f"{name}: {label}", SEARCH_BAR, partial(ask, actor, question))
        for label, question in _QUESTIONS.items()
    ]
    order = Order.objects.visible_to(actor).with_parts().order_by("-pk").first()
    if order is None:
        raise RuntimeError(f"{name} sees nothing")
    text = partial(similar_text, "小区门口垃圾没人清运", order.cell_id, actor)
    return [
        *good,
        timed(f"{name}: similar", SIMILAR_BAR, partial(similar_to, order, actor)),
        timed(f"{name}: similar to a text", SIMILAR_BAR, text),
    ]


def on_board(question: str, cell_id: int | None = None) -> list[int]:
    """The public board narrowed by a question."""
    from gridpact.orders.models import Order
    from gridpact.orders.search.finding import find_on_board

    return find_on_board(Order.objects.on_board(), question, cell_id).ids


def main() -> int:
    """Builds the district once, then asks as a community, a township, the district, the public."""
    prepare(NAME)
    fill()
    from django.db import connection

    from gridpact.grid.models import Cell

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_total_relation_size('orders_orderwords'))")
        print(f"index of words: {cursor.fetchone()[0]}")
    good = [each for name in sys.argv[1:] or PEOPLE for each in as_person(name)]
    community = Cell.objects.get(code=COMMUNITY).pk
    good += [
        timed("board: common word", SEARCH_BAR, partial(on_board, "垃圾")),
        timed("board of a community", SEARCH_BAR, partial(on_board, "垃圾", community)),
    ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
