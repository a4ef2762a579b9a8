"""Decided orders as examples: what the texts and facts were, and what people made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridpact.core import clock
from gridpact.grid.choices import Level
from gridpact.grid.tree import Tree, tree
from gridpact.learning.choices import MOST_ROWS, Field
from gridpact.learning.text_model import joined
from gridpact.orders.choices import SOLVED, Klass, State
from gridpact.orders.models import Category, Order

Facts = Mapping[str, str]
_LEVELS = (Level.TOWNSHIP, Level.COMMUNITY, Level.GRID)
_UNTRUE = (State.SUBMITTED, State.ACCEPTED, State.REJECTED, State.WITHDRAWN, State.MERGED)
_TEXT = ("title", "text")
_FACTS = ("klass", "kind", "channel", "category__code", "cell_id")


@dataclass(frozen=True, slots=True)
class Example:
    """One decided order; `given` is a text, or facts for the handler."""

    given: Any
    label: str
    at: datetime


def examples(field: Field) -> list[Example]:
    """The newest decided orders of a field, the oldest first."""
    if field is Field.HANDLER:
        return _handled()
    rows = Order.objects.filter(created_at__lte=clock.now())
    rows = rows.exclude(state__in=_UNTRUE).exclude(klass="")
    label = "klass" if field is Field.KLASS else "category__code"
    if field is not Field.KLASS:
        rows = rows.filter(category__is_active=True)
    columns = ("created_at", label, *_TEXT)
    newest = rows.order_by("-created_at", "-id").values_list(*columns)[:MOST_ROWS]
    top = areas() if field is Field.AREA else {}
    found = [
        Example(joined((title, text)), top.get(code, code), at)
        for at, code, title, text in newest.iterator(chunk_size=5000)
    ]
    return found[::-1]


def _handled() -> list[Example]:
    """By whom verified orders were really solved: an organisation, or a kind of post."""
    rows = Order.objects.filter(state__in=SOLVED, created_at__lte=clock.now())
    columns = ("created_at", "handler_org__code", "handler_post__kind__code", *_FACTS)
    newest = rows.order_by("-created_at", "-id").values_list(*columns)[:MOST_ROWS]
    snapshot, top = tree(), areas()
    found = []
    for at, org, post, *given in newest.iterator(chunk_size=5000):
        label = handler_value(org, post)
        if label:
            facts = facts_of(dict(zip(_FACTS, given, strict=True)), snapshot, top)
            found.append(Example(facts, label, at))
    return found[::-1]


def handler_value(org: str | None, post: str | None) -> str:
    """A handler as a class: `org:` and its code, `post:` and its kind; empty for a person."""
    if org:
        return f"org:{org}"
    return f"post:{post}" if post else ""


def facts_of(given: Mapping[str, Any], snapshot: Tree, top: Mapping[str, str]) -> Facts:
    """What speaks for a handler: the matter with its area, the place with what it lies in."""
    code = given["category__code"] or ""
    cell = snapshot.by_id.get(given["cell_id"])
    facts = {
        "klass": given["klass"],
        "kind": given["kind"],
        "channel": given["channel"],
        "category": code,
        "area": top.get(code, ""),
    }
    for level in _LEVELS:
        above = cell.ancestors.get(level) if cell is not None else None
        facts[level.lower()] = snapshot.by_id[above].code if above is not None else ""
    return facts


def areas() -> dict[str, str]:
    """The code of the service area of each category, its own for an area."""
    rows = Category.objects.values_list("code", "parent__code")
    return {code: parent or code for code, parent in rows}


def usable(field: Field) -> set[str]:
    """The values of today's code tables; what an older model says beyond them is not passed on.

    Empty for handlers, who are looked up place by place.
    """
    if field is Field.KLASS:
        return set(Klass.values)
    rows = Category.objects.filter(is_active=True)
    if field is Field.AREA:
        rows = rows.filter(parent__isnull=True)
    return set(rows.values_list("code", flat=True))
