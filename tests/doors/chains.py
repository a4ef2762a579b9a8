"""Pasting chains in tests."""

from __future__ import annotations

from typing import Any

from gridpact.doors.services import Paste, Saved, save_chain
from tests.factories.world import ZHIHE, World

WISHES = "#接龙 微心愿\n1. 李明 3栋1单元 想要一盏台灯\n2. 王芳 轮椅 13800001234\n3. 王芳 放大镜"


def paste(world: World, text: str = WISHES, *, who: str = "zhihe", **given: Any) -> Saved:
    """Save a text as a persona, in 致和 unless said otherwise."""
    withdraw = given.pop("withdraw", ())
    given.setdefault("cell", ZHIHE)
    return save_chain(Paste(text, **given), actor=world.actor(who), withdraw=withdraw)
