"""Whatever is logged has a name that the audit administrator can read."""

from __future__ import annotations

import re
from pathlib import Path

from django.utils.translation import override

from gridpact.orders.choices import BESIDE
from gridpact.web.actions import action_name

SOURCES = Path(__file__).resolve().parents[2] / "src" / "gridpact"
RECORDED = re.compile(r"audit\.(?:record|draft)\(\s*[\w.()\"]+,\s*\"([a-z]+\.[a-z_]+)\"")


def recorded() -> set[str]:
    """Every action that the source names when it writes the log."""
    return {
        action
        for path in SOURCES.rglob("*.py")
        for action in RECORDED.findall(path.read_text(encoding="utf-8"))
    }


def test_every_logged_action_has_a_name() -> None:
    actions = recorded()
    assert len(actions) > 50
    assert [action for action in sorted(actions) if action_name(action) == action] == []


def test_acts_beside_the_table_of_moves_are_named_as_on_the_timeline() -> None:
    with override("zh-hans"):
        assert [action_name(f"orders.{verb}") for verb in BESIDE] == [
            str(name) for name in BESIDE.values()
        ]
        assert action_name("orders.warned") == "时限预警"
