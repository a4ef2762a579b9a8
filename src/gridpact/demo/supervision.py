"""The demo's supervision: some late orders under a card, leaders' instructions, a few answers."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from gridpact.accounts.models import User
from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.orders.choices import Card, State
from gridpact.orders.models import Order
from gridpact.orders.services.supervise import supervise_order
from gridpact.orgs.selectors import actor_for
from gridpact.supervision.services import answer_instruction, instruct_order

# card, working days, why, instruction, answer of the handler (empty: still waiting)
_PLAYS = (
    (Card.NORMAL, 3, "居民两次来电催问，超过时限未答复。",
     "请承办人当面向居民说明原因，三个工作日内给出办理结果。", ""),
    (Card.NORMAL, 5, "同一小区一周内三户反映，需要一并解决。",
     "请一次性排查整栋楼，不要只修一户。", "已排查全楼，另发现两处，材料明天到，周五前修完。"),
    (Card.YELLOW, 2, "涉及老人出行安全，不能再拖。",
     "先设警示和临时照明，再安排维修。", "临时照明今天已装好，维修队明早进场。"),
    (Card.NORMAL, 3, "街道例会点名，需要书面说明。",
     "请写明卡在哪个环节、需要哪个部门配合。", ""),
)  # fmt: skip


def build_supervision() -> None:
    """Put late orders under supervision by the district desk and let some handlers answer."""
    desk = _actor("district")
    worker = User.objects.get(username="worker")
    late = Order.objects.filter(state=State.HANDLING, handler_post__isnull=False, card="")
    own = list(late.filter(handler_post__user=worker).order_by("due_at", "id")[:1])
    others = late.exclude(handler_post__user=worker).order_by("due_at", "id")
    orders = [*own, *others[: len(_PLAYS) - len(own)]]
    for order, play in zip(orders, _PLAYS, strict=False):
        _play(order, play, desk)


def _actor(username: str) -> Actor:
    return actor_for(User.objects.get(username=username))


def _play(order: Order, play: tuple[Card, int, str, str, str], desk: Actor) -> None:
    card, days, reason, instruction, answer = play
    last = order.log.latest("pk").at
    given = max(_yesterday(10), last + (clock.now() - last) / 3)
    with clock.frozen(given):
        supervise_order(order, actor=desk, card=card, reason=reason, days=days)
        made = instruct_order(order, actor=desk, text=instruction)
    post = order.handler_post
    if answer and post is not None:
        with clock.frozen(max(_yesterday(16), given + (clock.now() - given) / 3)):
            answer_instruction(made, actor=actor_for(post.user), text=answer)


def _yesterday(hour: int) -> datetime:
    return datetime.combine(clock.today() - timedelta(days=1), time(hour), clock.LOCAL)
