"""Rules in words: conditions and targets as people read them in lists and in “why here?”."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.grid.choices import Level
from gridpact.grid.tree import Tree, latest
from gridpact.orders.choices import Channel, Kind, Klass
from gridpact.routing.choices import Hours
from gridpact.routing.rule import Conditions, Target

FIELDS = {
    "cell": _("Area"),
    "kinds": _("Kind"),
    "channels": _("Came in by"),
    "categories": _("Category"),
    "classes": _("Class"),
    "any_words": _("Words found"),
    "all_words": _("All of the words"),
    "no_words": _("None of the words"),
    "pattern": _("Pattern found"),
    "time": _("Time"),
    "photos": _("Photos"),
}
DAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
    _("Sunday"),
)  # fmt: skip
# What quotes the order's text, and so is only for those who may read it.
_OF_THE_TEXT = frozenset({"any_words", "all_words", "pattern"})
_CHOICES: dict[str, Any] = {"kinds": Kind, "channels": Channel, "classes": Klass}


def values_of(matched: Iterable[Iterable[str]], *, seen: bool) -> list[tuple[str, str]]:
    """The matched fields and values that this reader may see."""
    pairs = [(field, value) for field, value in matched]
    return [(field, value) for field, value in pairs if seen or field not in _OF_THE_TEXT]


def matched_line(matched: Iterable[Iterable[str]], *, seen: bool) -> str:
    """What fitted, on one line."""
    snapshot = latest()
    return "，".join(
        f"{FIELDS[field]} {_value(field, value, snapshot)}"
        for field, value in values_of(matched, seen=seen)
        if field in FIELDS
    )


def _value(field: str, value: str, snapshot: Tree) -> str:
    if field == "cell":
        return cell_name(value, snapshot)
    if field in _CHOICES:
        return names_of(_CHOICES[field], (value,))
    if field == "photos":
        return gettext("with photos") if value == "yes" else gettext("without photos")
    return value


def cell_name(code: str, snapshot: Tree) -> str:
    """The name of a cell, its code when it is no more."""
    ref = snapshot.by_code.get(code)
    return ref.name if ref is not None else code


def names_of(kind: Any, values: Iterable[str]) -> str:
    """Labels of choices; unknown ones as they are."""
    known = dict(kind.choices)
    return "、".join(str(known.get(each, each)) for each in values)


def conditions_line(want: Conditions, snapshot: Tree, categories: dict[str, str]) -> str:
    """All conditions of a rule on one line."""
    parts = [
        cell_name(want.cell, snapshot) if want.cell else "",
        names_of(Kind, want.kinds),
        names_of(Channel, want.channels),
        names_of(Klass, want.classes),
        "、".join(categories.get(code, code) for code in want.categories),
        _said(_("says one of: %(words)s"), want.any_words),
        _said(_("says all of: %(words)s"), want.all_words),
        _said(_("says none of: %(words)s"), want.no_words),
        _said(_("pattern: %(words)s"), (want.pattern,) if want.pattern else ()),
        "、".join(str(DAYS[day - 1]) for day in want.weekdays),
        f"{want.since or '00:00'}–{want.until or '24:00'}" if want.since or want.until else "",
        names_of(Hours, (want.hours,)) if want.hours else "",
        {None: "", True: gettext("with photos"), False: gettext("without photos")}[want.photos],
    ]
    return "，".join(filter(None, parts))


def _said(sentence: Any, words: Iterable[str]) -> str:
    found = "、".join(words)
    return str(sentence) % {"words": found} if found else ""


def target_line(target: Target, snapshot: Tree, posts: dict[str, str], orgs: dict[str, str]) -> str:
    """Where a rule sends an order, on one line."""
    parts = []
    if target.desk:
        levels = dict(Level.choices)
        if target.desk in levels:
            desk = gettext("the desk of the %(level)s") % {"level": levels[target.desk]}
        else:
            desk = gettext("the desk of %(cell)s") % {"cell": cell_name(target.desk, snapshot)}
        parts.append(desk)
    if target.urgent:
        parts.append(gettext("urgent"))
    if target.key:
        parts.append(gettext("key order"))
    if target.post:
        parts.append(posts.get(target.post, target.post))
    if target.org:
        parts.append(orgs.get(target.org, target.org))
    if target.by_itself:
        parts.append(gettext("dispatched by itself"))
    return "，".join(parts)
