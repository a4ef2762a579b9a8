"""Reads one entry of a chain: name, phone, place, count; the rest is the remark."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

MAX_COUNT = 999
LONG_NAME = 12  # signs; a longer first word is rather a sentence

_HAN = r"\u3400-\u9fff"
_PHONE = re.compile(r"(?<![\d+])(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)")
_ODD_PHONE = re.compile(r"(?<!\d)1\d{9}(?!\d)|(?<!\d)1\d{11}(?!\d)|(?<!\d)1[0-2]\d{9}(?!\d)")
_COMPOUND = rf"(?:[{_HAN}]{{1,8}}(?:苑|园|小区|花园|公寓|家园|新村|大院|府|城|湾|庭)\s?)?"
_PLACE = re.compile(
    rf"{_COMPOUND}(?<!\d)\d{{1,3}}\s?(?:栋|幢|座|号楼|#楼?)"
    r"(?:\s?-?\d{1,2}\s?单元)?(?:\s?-?\d{1,2}(?:楼|层))?(?:[\s-]?\d{3,4}(?!\d)(?:室|号|房)?)?"
    rf"|{_COMPOUND}(?<![\d\-－—–.])\d{{1,3}}[-－—–]\d{{1,2}}[-－—–]\d{{2,4}}(?![\d\-])"
    rf"|{_COMPOUND}(?<![\d\-－—–.])\d{{1,3}}[-－—–]\d{{3,4}}(?![\d\-])"
    r"|(?<!\d)\d{1,2}单元(?:\s?-?\d{3,4}(?!\d)(?:室|号|房)?)?"
)
_COUNT = re.compile(
    r"(?<![\d+])[+＋]\s?(?P<plus>\d{1,4})(?!\d)"
    r"|(?<![A-Za-z\d])[xX]\s?(?P<times>\d{1,4})(?!\d)"
    r"|(?<!\d)[×*＊]\s?(?P<cross>\d{1,4})(?!\d)"
    # `2个` before a word counts that word (`2个灯坏了`), not people.
    rf"|(?<![\d.\-－])(?P<heads>\d{{1,4}})\s?(?:人|份|位|名(?![{_HAN}])|个(?![{_HAN}]))"
    r"|(?<!\S)(?P<words>[一二两三四五六七八九十])(?:人|份|位|个)(?!\S)"
)
_WORDS = {sign: value for value, sign in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
_LATIN = re.compile(r"([A-Za-z][A-Za-z'’.]*) (?![xX] ?\d)([A-Za-z][A-Za-z'’.]*)(?![A-Za-z\d])")
_NAME = re.compile(r"[^\s\-－—–,，、:：;；。()（）+＋×]+")
_BETWEEN = re.compile(r"^[\s\-－—–,，、:：;；。.|/]+|[\s\-－—–,，、:：;；|/]+$")
_GAPS = re.compile(r"[ ]{2,}")
_EMPTY_PAIR = re.compile(r"[(（]\s*[)）]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `number` as written, `line` where it starts (1-based), `raw` without the number.

    `doubts` are codes: name_missing, name_long, several_counts, count_odd, several_phones,
    phone_odd, number_inside.
    """

    number: int
    line: int
    raw: str
    name: str
    phone: str = ""
    place: str = ""
    count: int = 1
    remark: str = ""
    doubts: tuple[str, ...] = ()


def read_entry(number: int, line: int, lines: list[str], *, inside: bool = False) -> Entry:
    """The entry in `lines`, the first of them without its number.

    `inside`: one of the lines looks like an entry of another number.
    """
    raw = "\n".join(lines).strip()
    doubts = ["number_inside"] if inside else []
    rest, phones = _take(_PHONE, raw, lambda found: re.sub(r"\D", "", found[1]))
    if len(set(phones)) > 1:
        doubts.append("several_phones")
    elif not phones and _ODD_PHONE.search(raw):
        doubts.append("phone_odd")
    rest, place = _take_place(rest)
    counts = [_value(found) for found in _COUNT.finditer(rest)]
    if len(counts) > 1:
        doubts.append("several_counts")
    if counts and not 1 <= counts[0] <= MAX_COUNT:
        doubts.append("count_odd")
        counts = []
    name, rest = _take_name(_tidy(rest))
    doubts += _name_doubts(name)
    rest = _COUNT.sub(" ", rest, count=1) if counts else rest
    remark = _tidy(rest)
    return Entry(
        number, line, raw, name[:50], phones[0] if phones else "", place,
        counts[0] if counts else 1, remark, tuple(doubts),
    )  # fmt: skip


def _name_doubts(name: str) -> list[str]:
    if not name:
        return ["name_missing"]
    return ["name_long"] if len(name) > LONG_NAME and not name.isascii() else []


def _take(
    pattern: re.Pattern[str], text: str, value: Callable[[re.Match[str]], str]
) -> tuple[str, list[str]]:
    """The text without the first match, and the values of all."""
    found = list(pattern.finditer(text))
    if not found:
        return text, []
    first = found[0]
    return f"{text[: first.start()]} {text[first.end() :]}", [value(each) for each in found]


def _take_place(text: str) -> tuple[str, str]:
    """The place; it leaves the text unless it stands inside a sentence (`我家3栋旁边的树倒了`)."""
    found = _PLACE.search(text)
    if found is None:
        return text, ""
    place = re.sub(r"[－—–]", "-", re.sub(r"\s", "", found[0]))
    before = text[: found.start()]
    in_sentence = bool(re.search(rf"\s\S*[{_HAN}]$", before))
    if in_sentence:
        return text, place
    return f"{before} {text[found.end() :]}", place


def _take_name(text: str) -> tuple[str, str]:
    """The name in front, and what follows it."""
    latin = _LATIN.match(text)
    if latin is not None:
        return latin[0], text[latin.end() :]
    count = _COUNT.search(text)
    stop = count.start() if count is not None else len(text)
    found = _NAME.match(text, 0, stop) if stop else None
    if found is None:
        return "", text
    return found[0], text[found.end() :]


def _value(found: re.Match[str]) -> int:
    if found["words"]:
        return _WORDS[found["words"]]
    return int(found["plus"] or found["times"] or found["cross"] or found["heads"])


def _tidy(text: str) -> str:
    """Without the signs that stood between the parts; lines stay lines."""
    lines = (_GAPS.sub(" ", _BETWEEN.sub("", line)) for line in text.split("\n"))
    return _BETWEEN.sub("", _EMPTY_PAIR.sub("", "\n".join(line for line in lines if line))).strip()
