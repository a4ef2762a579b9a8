"""Routing rules of the demo district: two versions, and which receivers they named since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from gridpact.accounts.models import User
from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.grid.tree import tree
from gridpact.orders.models import Order, OrderLog
from gridpact.orgs.selectors import actor_for
from gridpact.routing.choices import Stage
from gridpact.routing.models import RouteTrace
from gridpact.routing.router import trace
from gridpact.routing.selectors.exchange import rules_json
from gridpact.routing.selectors.live import category_codes, live, triaged_facts
from gridpact.routing.selectors.receivers import Receivers
from gridpact.routing.services import RuleText, fill_draft, publish_draft, save_rule, start_draft

FIRST_DAYS = 30  # the first version came into force this many days ago
_BIG = ["PUBLIC", "HARD"]


def _rule(name: str, stage: str, conditions: dict[str, Any], target: dict[str, Any]) -> RuleText:
    return RuleText.read({"name": name, "stage": stage, "conditions": conditions, "target": target})


def _receiver(name: str, target: dict[str, Any], **conditions: Any) -> RuleText:
    return _rule(name, Stage.DISPATCH, conditions, target)


def _desk(name: str, target: dict[str, Any], **conditions: Any) -> RuleText:
    return _rule(name, Stage.INTAKE, conditions, target)


RECEIVERS = (
    _receiver("邻里家事找片区长", {"post": "area_head"}, classes=["PRIVATE"], kinds=["DISPUTE"]),
    _receiver("市政设施归城管", {"org": "chengguan"}, classes=_BIG, categories=["A03"]),
    _receiver("物业和房屋归住建", {"org": "zhujian"}, classes=_BIG, categories=["A01"]),
    _receiver("消防和充电归消防", {"org": "xiaofang"}, classes=_BIG, categories=["A0401", "A0402"]),
    _receiver("消费纠纷归市场监管", {"org": "shichang"}, classes=_BIG, categories=["A0505"]),
    _receiver(
        "独居老人网格员上门", {"post": "grid_worker"}, classes=["EASY"], categories=["A0602"]
    ),
)
DESKS = (
    _desk(
        "燃气用电险情直报镇中心", {"desk": "TOWNSHIP", "urgent": True, "key": True},
        any_words=["燃气泄漏", "煤气味", "漏电", "触电", "着火"],
    ),
    _desk("高空抛物加急", {"urgent": True}, any_words=["高空抛物"], kinds=["HAZARD", "REPORT"]),
    _desk(
        "夜间隐患报区中心", {"desk": "DISTRICT", "urgent": True},
        kinds=["HAZARD"], since="22:00", until="06:00",
    ),
    _desk(
        "群体欠薪报镇中心", {"desk": "TOWNSHIP", "key": True},
        pattern="(拖欠|欠|讨).{0,6}(工资|薪)",
    ),
)  # fmt: skip
# What the district's desk is working on: to be tried on past orders.
IN_DRAFT = (
    _desk("路灯井盖报镇中心", {"desk": "TOWNSHIP"}, any_words=["路灯", "井盖"], kinds=["NEED"]),
    _receiver("环境卫生归城管", {"org": "chengguan"}, classes=_BIG, categories=["A02"]),
)


def build_routing() -> int:
    """Publish both versions, note what the first named, begin a draft; return the rules in force.

    Orders stay where they are: nothing but what a rule said about them is added.
    """
    actor = actor_for(User.objects.get(username="district"))
    now = clock.now()
    with clock.frozen(now - timedelta(days=FIRST_DAYS)):
        _publish(RECEIVERS, "先管派给谁", actor)
        _note_receivers()
    with clock.frozen(now - timedelta(days=1)):
        kept = [RuleText.read(rule) for rule in rules_json(start_draft(actor=actor).rules.all())]
        count = _publish((*DESKS, *kept), "险情、夜间和欠薪直达上级受理台", actor)
        start_draft(actor=actor)
        for rule in IN_DRAFT:
            save_rule(rule, actor=actor)
        return count


def _publish(rules: Sequence[RuleText], note: str, actor: Actor) -> int:
    draft = fill_draft(rules, actor=actor)
    return publish_draft(actor=actor, revision=draft.revision, note=note).rules.count()


def _note_receivers() -> None:
    """What the version in force said at each triage since it came into force."""
    rules = live()
    if rules is None:
        return
    codes, snapshot = category_codes(), tree()
    book = rules.books[Stage.DISPATCH]
    receivers = Receivers.read([rule.target for rule in book.rules], snapshot)
    rows = []
    lines = OrderLog.objects.filter(verb="triage", order__created_at__gte=clock.now())
    triaged = dict(lines.order_by("at").values_list("order_id", "at"))
    orders = Order.objects.filter(pk__in=triaged)
    for order in orders.select_related("cell").defer("cell__boundary").order_by("pk"):
        facts = triaged_facts(order, codes, photos=False)
        rule = book.first(facts)
        if rule is not None:
            receiver = receivers.of(rule.target, snapshot.by_id[order.cell_id])
            row = trace(
                order, rule, facts,
                stage=Stage.DISPATCH, given=receiver.label, fallback=receiver.fallback,
            )  # fmt: skip
            row.at = triaged[order.pk]
            rows.append(row)
    RouteTrace.objects.bulk_create(rows)
