"""Asking 200 rules about one order of 5,000 signs, and the share of an intake that this takes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from common import milliseconds, points_inside, prepare

RULES, ROUNDS = 200, 400
TEXT = ("楼道灯坏了三天，晚上老人上下楼看不清，请安排人来修。" * 250)[:5000]


def quantiles(call: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """Median and 95th percentile of a call, in seconds."""
    call()
    spent = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        spent.append(time.perf_counter() - start)
    spent.sort()
    return spent[rounds // 2], spent[int(rounds * 0.95)]


def main() -> int:
    """Print the time of a decision alone and of an intake without and with 200 rules."""
    prepare("routing")
    from gridpact.core.access import PUBLIC, system
    from gridpact.grid.tree import tree
    from gridpact.orders.services import Contact, Intake, open_order
    from gridpact.routing.models import RuleSet
    from gridpact.routing.selectors.live import arrival_facts, compiled, live_version
    from gridpact.routing.services import RuleText, fill_draft, publish_draft

    points = points_inside(ROUNDS * 4)
    contact = Contact("陈某某", "13800000000")

    def place() -> object:
        lon, lat = points.pop()
        return open_order(Intake(text=TEXT, lon=lon, lat=lat, contact=contact), actor=PUBLIC)

    def publish(count: int) -> None:
        rules = [
            RuleText.read(
                {
                    "name": f"规则{number}",
                    "conditions": {
                        "any_words": [f"词{number}甲", f"词{number}乙", f"词{number}丙"],
                        "no_words": ["演练"],
                        "pattern": f"灯{number}.{{0,6}}(坏|不亮)",
                    },
                    "target": {"desk": "TOWNSHIP"},
                }
            )
            for number in range(count)
        ]
        draft = fill_draft(rules, actor=system("bench"))
        publish_draft(actor=system("bench"), revision=draft.revision)

    RuleSet.objects.live().update(is_live=False)
    bare = quantiles(place)
    publish(RULES)
    order = place()
    snapshot = tree()
    rules = compiled(live_version(), snapshot)
    facts = arrival_facts(order, snapshot.by_id[order.cell_id].path, photos=False)  # type: ignore[attr-defined]
    alone = quantiles(lambda: rules.books["INTAKE"].first(facts))
    routed = quantiles(place)
    print(f"decision, {RULES} rules: p50 {alone[0] * 1e6:.0f} µs, p95 {alone[1] * 1e6:.0f} µs")
    print(f"intake without rules: p50 {milliseconds(bare[0])}, p95 {milliseconds(bare[1])}")
    print(
        f"intake with {RULES} rules: p50 {milliseconds(routed[0])}, p95 {milliseconds(routed[1])}"
    )
    print(f"share of the decision in an intake: {alone[0] / routed[0]:.1%}")
    return 0 if alone[1] < 0.002 else 1


if __name__ == "__main__":
    sys.exit(main())
