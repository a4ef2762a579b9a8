"""A hot topic of the demo: what several residents of one community write about these weeks."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Case, When

from gridpact.core import clock
from gridpact.core.access import system
from gridpact.demo.people import ZHIHE
from gridpact.grid.tree import tree
from gridpact.orders.choices import DESK, Klass
from gridpact.orders.models import Order
from gridpact.topics.services import find_all

_DAYS = 30
_SAID = (
    ("云桂花园搅拌站夜里施工", "云桂花园西门外的搅拌站夜里还在施工，噪音大，老人孩子睡不好。"),
    ("搅拌站扬尘落满阳台", "云桂花园旁边的搅拌站扬尘很大，阳台一天就落满灰，衣服没法晾。"),
    ("云桂花园边上搅拌站扰民", "搅拌站的罐车半夜进出，云桂花园临街几栋噪音扰民，请管一管。"),
    ("反映搅拌站噪音和灰尘", "云桂花园住户反映：搅拌站离居民楼太近，噪音和灰尘都受不了。"),
    ("搅拌站罐车夜里鸣笛", "搅拌站的罐车夜里鸣笛，云桂花园的孩子要中考了，请限定时间。"),
    ("云桂花园搅拌站何时搬走", "云桂花园西门的搅拌站说好搬走，一直没动静，扬尘和噪音照旧。"),
    ("搅拌站污水流到云桂花园路口", "搅拌站冲洗罐车的污水流到云桂花园路口，扬尘结成泥，很滑。"),
)


def build_topics() -> None:
    """Let some recent open orders of 致和 speak of one matter, then look for topics.

    No order is added and none changes its class, state or times.
    """
    community = tree().by_code[ZHIHE].id
    rows = Order.objects.filter(
        community_id=community, klass__in=(Klass.PUBLIC, Klass.HARD, ""),
        created_at__gte=clock.now() - timedelta(_DAYS),
    ).order_by(Case(When(state__in=DESK, then=0), default=1), "-created_at", "-id")  # fmt: skip
    for order, (title, text) in zip(rows, _SAID, strict=False):
        Order.objects.filter(pk=order.pk).update(title=title, text=text)
    find_all(actor=system("demo"))
