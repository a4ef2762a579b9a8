"""Where the words of a question stand in an order: a stretch of its text with the hits marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from gridpact.core.access import Actor
from gridpact.core.masking import mask_text
from gridpact.core.segment import fold
from gridpact.orders.models import Order
from gridpact.orders.policies import sees_text

BEFORE, LENGTH = 16, 80  # signs before the first hit; signs in all


class Stretch(NamedTuple):
    """A piece of text; a hit is drawn as a mark, and everything is escaped by the template."""

    text: str
    is_hit: bool


def snippet(order: Order, surfaces: Sequence[str], actor: Actor) -> list[Stretch]:
    """The text, else the answer, around the first hit; empty when the title says it all."""
    full = sees_text(actor, order)
    texts = (order.text, order.answer) if full else (mask_text(order.text),)
    for text in texts:
        found = cut_around(text, surfaces)
        if found:
            return found
    return []


def cut_around(text: str, surfaces: Sequence[str]) -> list[Stretch]:
    """Stretches of `text` around the first of the surfaces (folded); empty without a hit."""
    if not surfaces:
        return []
    wanted = re.compile("|".join(map(re.escape, surfaces)))
    plain = " ".join(text.split())
    first = wanted.search(fold(plain))
    if first is None:
        return []
    start = max(first.start() - BEFORE, 0)
    shown = plain[start : start + LENGTH]
    made = [Stretch("…", is_hit=False)] if start else []
    at = 0
    for hit in wanted.finditer(fold(shown)):
        made += [Stretch(shown[at : hit.start()], is_hit=False)] if hit.start() > at else []
        made.append(Stretch(shown[hit.start() : hit.end()], is_hit=True))
        at = hit.end()
    rest = shown[at:] + ("…" if len(plain) > start + LENGTH else "")
    return [*made, Stretch(rest, is_hit=False)] if rest else made
