"""Units of limits, and the limits every installation starts with (codes/sla_defaults.csv)."""

from __future__ import annotations

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

BASE = "base"  # the calendar of the whole district: days of the State Council and the region


class Unit(models.TextChoices):
    """What a limit counts."""

    DAY = "DAY", _("working days")
    HOUR = "HOUR", _("working hours")
    CLOCK = "CLOCK", _("hours by the clock")
    DATE = "DATE", _("days by the clock")


# About three years: longer ones are slips of the hand, and would leave the known calendar.
MOST = {Unit.DAY: 1000, Unit.HOUR: 8000, Unit.CLOCK: 24_000, Unit.DATE: 1000}


class ShippedLimit(NamedTuple):
    """A limit as shipped; empty texts mean "whichever"."""

    key: str
    step: str
    amount: int
    unit: Unit
    source: str
    klass: str = ""
    kind: str = ""
    channel: str = ""
    category: str = ""
    is_active: bool = True


class ShippedThreshold(NamedTuple):
    """A number the clocks need beside limits, with the smallest and largest sensible value."""

    key: str
    number: int
    least: int
    most: int
    source: str


_OWN = "本平台建议值"
_HOTLINE = "广东 12345 热线办理规定"
_CITY = "济源市城市管理事项标准；先建同代码的事项分类，再启用"
LIMITS = (
    ShippedLimit("case.accept", "accept", 2, Unit.HOUR, _OWN),
    ShippedLimit("case.contact", "contact", 24, Unit.CLOCK, "深圳民意速办：24 小时内联系诉求人"),
    ShippedLimit("case.dispatch", "dispatch", 4, Unit.HOUR, _OWN),
    ShippedLimit("wish.claim", "claim", 15, Unit.DATE, _OWN),
    ShippedLimit("case.sign", "sign", 24, Unit.CLOCK, "准格尔旗：24 小时签收率"),
    ShippedLimit("case.handle", "handle", 10, Unit.DAY, "未分流时按公事"),
    ShippedLimit("case.handle.easy", "handle", 3, Unit.DAY, _OWN, "EASY"),
    ShippedLimit("case.handle.public", "handle", 10, Unit.DAY, _OWN, "PUBLIC"),
    ShippedLimit("case.handle.hard", "handle", 15, Unit.DAY, _OWN, "HARD"),
    ShippedLimit("case.handle.private", "handle", 3, Unit.DAY, _OWN, "PRIVATE"),
    ShippedLimit(
        "hotline.consult", "handle", 2, Unit.DAY, _HOTLINE, kind="CONSULTATION", channel="HOTLINE"
    ),
    ShippedLimit("hotline.help", "handle", 10, Unit.DAY, _HOTLINE, kind="NEED", channel="HOTLINE"),
    ShippedLimit(
        "hotline.suggest", "handle", 10, Unit.DAY, _HOTLINE, kind="SUGGESTION", channel="HOTLINE"
    ),
    ShippedLimit(
        "hotline.complaint", "handle", 15, Unit.DAY, _HOTLINE, kind="REPORT", channel="HOTLINE"
    ),
    ShippedLimit("case.redo", "redo", 5, Unit.DAY, "深圳：不满意重办"),
    ShippedLimit("case.verify", "verify", 2, Unit.DAY, _OWN),
    ShippedLimit("case.visit", "call_back", 2, Unit.DAY, "北京条例第二十三条"),
    # Matters by the codes of GB/T 47678.5, as one city limits them: an offer, not in use.
    ShippedLimit("city.06001", "handle", 15, Unit.DAY, _CITY, category="06001", is_active=False),
    ShippedLimit("city.06010", "handle", 1, Unit.DAY, _CITY, category="06010", is_active=False),
    ShippedLimit("city.06011", "handle", 4, Unit.DAY, _CITY, category="06011", is_active=False),
    ShippedLimit("city.06012", "handle", 5, Unit.HOUR, _CITY, category="06012", is_active=False),
)
WARN, RED = "warn.yellow", "card.red"
UNRATED, REVIEW, NOTICE = "case.evaluate.auto", "case.suspend", "calendar.notice"
THRESHOLDS = (
    ShippedThreshold(WARN, 70, 10, 99, "四川网格系统：用时达 70% 预警"),
    ShippedThreshold(RED, 150, 101, 500, "超过时限一半亮红牌（本平台建议值）"),
    ShippedThreshold(UNRATED, 7, 1, 60, "7 天未评价按未评价结案，不算满意"),
    ShippedThreshold(REVIEW, 30, 1, 180, "挂账事项每 30 天复核一次"),
    ShippedThreshold(NOTICE, 92, 7, 366, "提前多少天提醒补录下一年工作日历"),
)
