"""Chains, boxes and a hotline behind the orders of the demo that came in by those doors."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from gridpact.core import clock, crypto
from gridpact.core.access import system
from gridpact.demo.people import ZHIHE
from gridpact.doors.choices import ChainKind, EntryState
from gridpact.doors.models import BoxEmptying, Chain, ChainEntry, ChainPaste, Hotline
from gridpact.doors.services import Paste, save_chain
from gridpact.grid.tree import tree
from gridpact.orders.choices import Channel, Kind
from gridpact.orders.models import Order

HOTLINE = "12345"
_WITNESSES = "网格员、居民代表"
_SIGN_UP = "#接龙\n周六上午九点清理楼道，请党员报名\n例 姓名 楼栋 人数\n\n"
_FIRST = (
    "1. 李小明 5栋2单元 2人\n2. 王小芳 3-1-101 +1\n3. 陈小静\n带扫把两把\n"
    "4. 周小丽 2栋1单元\n5. 王小芳 6栋2单元\n"
)
_SECOND = (
    "1. 李小明 5栋2单元 3人\n2. 王小芳 3-1-101 +1\n3. 陈小静\n带扫把两把\n"
    "4. 王小芳 6栋2单元\n5. 吴小刚 8栋 2人 带垃圾袋\n6. 郑小燕\n\n谢谢大家"
)


def build_doors() -> None:
    """Give the orders of each door where they came from; adds no order."""
    _sign_ups()
    _wishes()
    _boxes()
    _hotline()


def _sign_ups() -> None:
    """One chain of sign-ups, pasted in the evening and again the next morning's eve."""
    day = clock.today() - timedelta(days=2)
    for hour, entries in ((18, _FIRST), (21, _SECOND)):
        with clock.frozen(_at(day, hour)):
            paste = Paste(_SIGN_UP + entries, ZHIHE, "业主一群", day=day)
            save_chain(paste, actor=system("demo"))


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=clock.LOCAL)


def _of(channel: str, **given: str) -> Iterable[tuple[int, list[Order]]]:
    """Orders of a door by community and month, in their own order."""
    found: dict[tuple[int, int, int], list[Order]] = defaultdict(list)
    rows = Order.objects.filter(channel=channel, community_id__isnull=False, **given)
    for order in rows.order_by("created_at", "id"):
        at = order.created_at.astimezone(clock.LOCAL)
        found[order.community_id or 0, at.year, at.month].append(order)
    return [(community, orders) for (community, _year, _month), orders in sorted(found.items())]


def _wishes() -> None:
    """The wishes that came by chain text: one chain a community and month."""
    rows: list[ChainEntry] = []
    moved: list[Order] = []
    for community, orders in _of(Channel.CHAIN, kind=Kind.WISH):
        rows += _chain(community, orders)
        moved += orders
    ChainEntry.objects.bulk_create(rows, batch_size=500)
    for row in rows:
        assert row.order is not None  # each row was made of an order
        row.order.source_system, row.order.source_number = "chain", f"{row.chain_id}-{row.pk}"
    Order.objects.bulk_update(moved, ["source_system", "source_number"], batch_size=500)


def _chain(community: int, orders: list[Order]) -> list[ChainEntry]:
    at = orders[-1].created_at
    day = at.astimezone(clock.LOCAL).date()
    title = f"{day.month}月微心愿征集"
    names = [crypto.unseal(order.reporter_name_sealed) for order in orders]
    lines = [
        f"{number}. {name or '邻居'} {order.title}"
        for number, (name, order) in enumerate(zip(names, orders, strict=True), start=1)
    ]
    text = "\n".join((f"#接龙 {title}", *lines))
    chain = Chain.objects.create(
        day=day, group="", title=title, title_digest=crypto.digest("chain", title),
        kind=ChainKind.WISH, created_at=at, updated_at=at, **tree().by_id[community].scope,
    )  # fmt: skip
    ChainPaste.objects.create(
        chain=chain, at=at, text_sealed=crypto.seal(text),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        new=len(orders), changed=0, withdrawn=0, same=0,
    )  # fmt: skip
    taken: dict[str, int] = defaultdict(int)
    rows = []
    for number, (name, order) in enumerate(zip(names, orders, strict=True), start=1):
        digest = crypto.digest("name", name or "邻居")
        taken[digest] += 1
        rows.append(
            ChainEntry(
                chain=chain, number=number, name_digest=digest, ordinal=taken[digest],
                state=EntryState.NEW, name_sealed=crypto.seal(name or "邻居"),
                phone_sealed=order.reporter_phone_sealed, remark=order.title, order=order,
                print=crypto.digest("entry", f"\x1f\x1f1\x1f{order.title}"), first_at=at,
                touched_at=at,
            )
        )  # fmt: skip
    return rows


def _boxes() -> None:
    """The slips of suggestion boxes: each box is emptied once a month."""
    moved: list[Order] = []
    for community, orders in _of(Channel.BOX):
        cell = tree().by_id[community]
        at = orders[-1].created_at
        day = at.astimezone(clock.LOCAL).date()
        box = BoxEmptying.objects.create(
            place=f"{cell.name.removesuffix('居委会')}服务站门口", emptied_on=day,
            witnesses=_WITNESSES, slips=len(orders), token=f"demo-{community}-{day}",
            entered_at=at, **cell.scope,
        )  # fmt: skip
        for number, order in enumerate(orders, start=1):
            order.source_system, order.source_number = "box", f"{box.pk}-{number}"
        moved += orders
    Order.objects.bulk_update(moved, ["source_system", "source_number"], batch_size=500)


def _hotline() -> None:
    """The calls of the hotline, with its own numbers."""
    calls = list(Order.objects.filter(channel=Channel.HOTLINE).order_by("created_at", "id"))
    for number, order in enumerate(calls, start=1):
        at = order.created_at.astimezone(clock.LOCAL)
        order.source_system, order.source_number = HOTLINE, f"RX{at:%Y%m%d}{number:04d}"
    Order.objects.bulk_update(calls, ["source_system", "source_number"], batch_size=500)
    Hotline.objects.create(
        code=HOTLINE,
        name="政务服务便民热线",
        columns={"number": "诉求编号", "text": "诉求内容", "time": "受理时间", "phone": "联系电话"},
        loaded_at=calls[-1].created_at if calls else None,
    )
