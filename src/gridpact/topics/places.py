"""Names of places in Chinese texts, recognised by how they end, as 小区, 社区 and 学院 do."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gridpact.core.segment import NO_NAMES, Names

# Towns, townships and quarters are too wide to be the place of one matter.
HOMES = (
    "小区", "新村", "新城", "花园", "家园", "公寓", "山庄", "庄园", "公馆", "名邸", "国际",
    "水岸", "苑", "湾", "府",
)  # fmt: skip
SCHOOLS = ("学院", "学校", "中学", "小学", "大学", "幼儿园")
ROADS = ("路", "街", "巷", "桥")
OTHERS = ("社区", "广场", "医院", "市场", "公园", "大厦", "工业园", "地铁站", "车站", "村")
ENDS = (*HOMES, *SCHOOLS, *OTHERS, *ROADS)
# A county or quarter under a code says little alone, but what stands before it is a name.
# 政府 is no estate, 道路 and 天桥 are no names, and a 街道 is a township.
_END = re.compile(f"(?:(?<![政道公铁天])(?:{'|'.join(ENDS)})(?!道)|[a-z]\\d+[县区市])")
_NAME = re.compile(r"[\u4e00-\u9fffa-z0-9]+")
# Signs that join a name to what stands before it, and so never stand in one.
_APART = frozenset(
    "的在于是到从至和与及对向为有我你您他们这那该本各全整每个附近周边旁边内外市区县"
    "请问关反映投诉咨询建议影响不没看坏来去要想有"
)
# What stands before a part of an address belongs to another name: 2单元小区 names no estate.
_PART = re.compile(r".*(?:单元|栋|幢|号楼|号|室|组)")
_LONGEST = 5  # signs before the ending
_SHORTEST = 2
MOST = 400  # names of one text


def places_in(text: str, names: Names = NO_NAMES) -> list[str]:
    """What may be names of places in a folded text, each once: two to five signs and an ending.

    Where a name begins cannot be told from one text: every beginning is given, and `settle_place`
    chooses the one that people agree on. Known `names` are taken as they are.
    """
    known = {word.at + len(word.text): word.text for word in names.find(text)}
    found = dict.fromkeys(known.values())
    for end in _END.finditer(text):
        if end.end() in known:
            continue
        before = _PART.sub("", text[max(end.start() - _LONGEST, 0) : end.start()])
        for size, sign in enumerate(reversed(before), 1):
            if sign in _APART or not _NAME.fullmatch(sign):
                break
            if size >= _SHORTEST:
                found[text[end.start() - size : end.end()]] = None
        if len(found) >= MOST:
            break
    return list(found)


def kind_of(place: str) -> str:
    """One of "homes", "schools", "roads", or "": a matter has one estate or school."""
    kinds = {"homes": HOMES, "schools": SCHOOLS, "roads": ROADS}
    return next((kind for kind, ends in kinds.items() if place.endswith(ends)), "")


def settle_place(people: Mapping[str, int]) -> str:
    """Of the candidates the longest that nearly as many people name as the best one."""
    if not people:
        return ""
    most = max(people.values())
    if most < 2:
        return ""
    near = [place for place, n in people.items() if n >= 0.85 * most]
    return min(near, key=lambda place: (-len(place), -people[place], place))
