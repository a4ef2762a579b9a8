"""What the triage desks of the demo have of their own: replies, and orders classed anew."""

from __future__ import annotations

from datetime import timedelta

from gridpact.accounts.models import User
from gridpact.core import clock
from gridpact.grid.models import Cell
from gridpact.orders.choices import Klass, ReplyUse, State
from gridpact.orders.models import Order, StandardReply
from gridpact.orders.services import save_reply, triage_order
from gridpact.orgs.selectors import actor_for

# code, used for, class, short name, text: sentences of 致和 itself
_OWN = (
    ("zh1", ReplyUse.TRIAGE, Klass.EASY, "楼道小修", "{社区}楼道小修队可以办，放到接单大厅。"),
    ("zh2", ReplyUse.TRIAGE, Klass.PRIVATE, "老舅妈调解", "请“老舅妈”调解室上门，听双方各说一遍。"),
    ("zh3", ReplyUse.REJECT, "", "先找物业", "属于物业日常服务，请先联系物业，三天没结果再点单。"),
)  # fmt: skip
_ANEW = 2  # orders whose class was doubted and then kept


def build_desk() -> None:
    """By the verbs, as the general head of 致和."""
    head = actor_for(User.objects.get(username="zhihe"))
    cell = Cell.objects.defer("boundary").get(pk=head.grants[0].cell_id)
    for code, use, klass, title, text in _OWN:
        reply = StandardReply(code=code, use=use, klass=klass, title=title, text=text, cell=cell)
        save_reply(reply, actor=head)
    triaged = Order.objects.filter(state=State.TRIAGED, community_id=cell.pk)
    for order in triaged.exclude(klass__in=(Klass.HARD, "")).order_by("id")[:_ANEW]:
        at = order.log.latest("pk").at
        space = (clock.now() - at) / 3
        for step, (klass, why) in enumerate(_doubts(order.klass), start=1):
            with clock.frozen(at + min(space, timedelta(minutes=40)) * step):
                order = triage_order(order, actor=head, klass=klass, reason=why)  # noqa: PLW2901


def _doubts(klass: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Thought to be hard first; what it was before stands again."""
    return (
        (Klass.HARD, "居民又补充了情况，可能牵涉几个部门，先按难事看。"),
        (klass, "到现场看过，不牵涉别的部门，改回原来的类别。"),
    )
