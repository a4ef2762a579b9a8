"""A rule as values: its conditions and its target, how they are read and written as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

Texts = tuple[str, ...]


class BadRule(ValueError):
    """The JSON of a rule does not have the documented shape; `field` is the part."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def _texts(data: dict[str, Any], key: str) -> Texts:
    value = data.get(key) or ()
    if not isinstance(value, list | tuple) or not all(_is_text(each) for each in value):
        raise BadRule(key)
    return tuple(dict.fromkeys(filter(None, (each.strip() for each in value))))


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key) or ""
    if not _is_text(value):
        raise BadRule(key)
    return str(value).strip()


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value  # the database keeps no NUL


def _is_day(value: Any) -> bool:
    return type(value) is int and value in range(1, 8)  # True and 1.0 are no days


def _flag(data: dict[str, Any], key: str) -> bool:
    value = data.get(key, False)
    if not isinstance(value, bool):
        raise BadRule(key)
    return value


def _known(data: Any, kind: type[Any], field: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise BadRule(field)
    strange = sorted(set(data) - {each.name for each in fields(kind)})
    if strange:
        raise BadRule(f"{field}.{strange[0]}"[:60])
    return data


def _written(value: Any) -> dict[str, Any]:
    """Only what is set, lists instead of tuples: equal rules are equal JSON."""
    return {
        key: list(each) if isinstance(each, tuple) else each
        for key, each in asdict(value).items()
        if each not in ("", (), None, False) or (key == "photos" and each is False)
    }


@dataclass(frozen=True, slots=True)
class Conditions:
    """All that are set must hold. Empty means "does not matter".

    cell: code of a cell, its whole subtree; categories: codes, an area stands for all below it;
    any_words, all_words, no_words and pattern look at title and text; weekdays 1 (Monday) to 7;
    since, until: "HH:MM" of the placing, `until` excluded, over midnight when since > until.
    """

    cell: str = ""
    kinds: Texts = ()
    channels: Texts = ()
    categories: Texts = ()
    classes: Texts = ()
    any_words: Texts = ()
    all_words: Texts = ()
    no_words: Texts = ()
    pattern: str = ""
    weekdays: tuple[int, ...] = ()
    since: str = ""
    until: str = ""
    hours: str = ""
    photos: bool | None = None

    @classmethod
    def read(cls, data: Any) -> Self:
        """From JSON. Raises `BadRule` naming the part that has another shape."""
        known = _known(data, cls, "conditions")
        days = known.get("weekdays") or ()
        if not isinstance(days, list | tuple) or not all(_is_day(day) for day in days):
            raise BadRule("weekdays")
        photos = known.get("photos")
        if not isinstance(photos, bool | None):
            raise BadRule("photos")
        return cls(
            cell=_text(known, "cell"),
            kinds=_texts(known, "kinds"),
            channels=_texts(known, "channels"),
            categories=_texts(known, "categories"),
            classes=_texts(known, "classes"),
            any_words=_texts(known, "any_words"),
            all_words=_texts(known, "all_words"),
            no_words=_texts(known, "no_words"),
            pattern=_text(known, "pattern"),
            weekdays=tuple(sorted({int(day) for day in days})),
            since=_text(known, "since"),
            until=_text(known, "until"),
            hours=_text(known, "hours"),
            photos=photos,
        )

    def written(self) -> dict[str, Any]:
        """As JSON, without what does not matter."""
        return _written(self)

    @property
    def is_empty(self) -> bool:
        """True when it would fit every order."""
        return not self.written()


@dataclass(frozen=True, slots=True)
class Target:
    """Where to. At intake: desk, urgent, key. After triage: post or org, and whether by itself.

    desk: a level (the cell of that level over the place) or the code of a cell; post: code of a
    post kind, its holder over the place; org: code of an organisation.
    """

    desk: str = ""
    urgent: bool = False
    key: bool = False
    post: str = ""
    org: str = ""
    by_itself: bool = False

    @classmethod
    def read(cls, data: Any) -> Self:
        """From JSON. Raises `BadRule` naming the part that has another shape."""
        known = _known(data, cls, "target")
        return cls(
            desk=_text(known, "desk"),
            urgent=_flag(known, "urgent"),
            key=_flag(known, "key"),
            post=_text(known, "post"),
            org=_text(known, "org"),
            by_itself=_flag(known, "by_itself"),
        )

    def written(self) -> dict[str, Any]:
        """As JSON, without what is not set."""
        return _written(self)


def covers(wide: Conditions, narrow: Conditions, *, cell_within: bool) -> bool:
    """True when every order that fits `narrow` fits `wide` too, so that `narrow` is never asked.

    cell_within: the cell of `narrow` lies in the cell of `wide` (or `wide` names none).
    """
    lists = ("kinds", "channels", "classes", "weekdays", "categories")
    same = ("pattern", "since", "until", "hours")
    return (
        cell_within
        and all(_subset(getattr(narrow, name), getattr(wide, name)) for name in lists)
        and all(getattr(wide, name) in ("", getattr(narrow, name)) for name in same)
        and wide.photos in (None, narrow.photos)
        and _any_within(narrow, wide)
        and set(wide.all_words) <= set(narrow.all_words)
        and set(wide.no_words) <= set(narrow.no_words)
    )


def _subset(narrow: tuple[Any, ...], wide: tuple[Any, ...]) -> bool:
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def _any_within(narrow: Conditions, wide: Conditions) -> bool:
    if not wide.any_words or set(wide.any_words) & set(narrow.all_words):
        return True
    return _subset(narrow.any_words, wide.any_words)
