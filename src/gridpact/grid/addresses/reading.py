"""Reads an address by its form alone, without knowing any name: divisions, road, house, door.

Where a name could be two things (新村 is a compound or a village) the form does not decide;
`AddressBook` knows the names and does.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from gridpact.grid.addresses.numerals import NUMBER, arabic, plain


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address as text, empty where it has none; numbers in digits.

    divisions: from the province down to the township, as far as written. number: on the road, with
    `annex` for 附3号. rest: what stands behind the door or in brackets.
    """

    divisions: tuple[str, ...] = ()
    community: str = ""
    grid: str = ""
    road: str = ""
    number: str = ""
    annex: str = ""
    compound: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    door: str = ""
    rest: str = ""


class House(NamedTuple):
    """An address divided at the building: what stands before it, and the numbers from there on."""

    head: str
    building: str
    unit: str
    floor: str
    door: str
    rest: str


class Head(NamedTuple):
    """What stands before the building, divided; `left` is the name of a compound, or unread."""

    province: str
    city: str
    district: str
    township: str
    community: str
    grid: str
    road: str
    number: str
    annex: str
    left: str


_CHINESE_NUMBER = "[零〇一二两三四五六七八九十百]"
_UNIT = rf"(?P<unit>{NUMBER})(?:单元|门(?![口牌前卫])|梯|-(?=\d{{3}}))"
_FLOOR = rf"(?P<floor>-?\d{{1,2}}|{_CHINESE_NUMBER}{{1,3}})(?:楼|层|F(?![A-Z]))"
_DOOR = (
    rf"(?:(?P<door>\d{{3,5}}[A-Z]?|[A-Z]\d{{2,4}})(?:室|房|户|号)?"
    rf"|(?P<named_door>\d{{1,2}}[A-Z]?|{_CHINESE_NUMBER}{{1,4}})(?:室|房|户|号))?"
)
_BEHIND = rf"-?(?:{_FLOOR})?-?{_DOOR}(?P<rest>.*)"
_BUILT = re.compile(
    rf"(?P<head>.*?)(?P<building>{NUMBER})(?:号楼|号?[栋幢座]|#楼?)-?(?:{_UNIT})?{_BEHIND}"
)
# 3-2-501, 3-501, 3-2; behind a road it is a number on the road.
_DASHED = re.compile(
    r"(?P<head>.*?)(?<![路街巷道弄\d-])(?P<building>\d{1,3}[A-Z]?)-"
    r"(?:(?P<unit>\d{1,2})(?:-(?P<floor>\d{1,2}))?(?:-|(?![\d-])))?"
    r"(?:(?P<door>(?<=-)\d{2,5}[A-Z]?)(?:室|房|户|号)?)?(?P<named_door>)(?P<rest>.*)"
)
_UNITED = re.compile(rf"(?P<head>.*?)(?P<building>){_UNIT}{_BEHIND}")
_FLOORED = re.compile(
    rf"(?P<head>.*?)(?P<building>)(?P<unit>)(?<![\d第]){_FLOOR}-?{_DOOR}(?P<rest>.*)"
)
_DOOR_ONLY = re.compile(
    r"(?P<head>.*?)(?P<building>)(?P<unit>)(?P<floor>)(?<![路街巷道弄\d附-])(?P<door>\d{3,5})(?P<named_door>)(?:室|房|户|\Z)(?P<rest>.*)"
)
_FORMS = (_BUILT, _DASHED, _UNITED, _FLOORED, _DOOR_ONLY)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")
_HOUSE_NUMBER = re.compile(rf"(?P<compound>.*[^路街巷道弄\d第])(?P<building>{NUMBER})号")

_HAN = "[一-鿿]"
# A division's name holds no word for a road or a compound.
_NAME = "[^省市路街巷号园苑坊居庭院\\W\\dA-Z_]"
_SHORT_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|"
    "广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_HEAD = re.compile(
    rf"(?:(?P<province>{_HAN}{{2,8}}?(?:省|自治区|特别行政区)|(?:{_SHORT_PROVINCES})"
    rf"(?={_NAME}{{1,8}}?(?:市(?!场)|自治州|地区|盟|区|县))))?"
    rf"(?:(?P<city>{_NAME}{{1,8}}?(?:市(?!场)|自治州|地区|盟)))?"
    rf"(?:(?P<district>{_NAME}{{1,8}}?(?:(?<![小社片厂校库住景山])区|县(?!城)|旗)))?"
    rf"(?:(?P<township>{_NAME}{{1,8}}?(?:街道|镇|乡|苏木)))?"
    rf"(?:(?P<community>{_NAME}{{1,10}}?(?:社区|(?<!新)村(?![小花]))))?"
    rf"(?:第?(?P<grid>{NUMBER})(?:号?网格|村民小组|小组|组))?"
    rf"(?:(?P<road>{_HAN}[一-鿿\dA-Z]{{0,11}}?(?:大道|路|街|巷|弄|胡同|道))"
    rf"(?:(?P<number>{NUMBER})(?:-(?P<dashed>\d{{1,3}}))?号(?!楼)(?:院|大院)?"
    rf"(?:[附之](?P<annex>{NUMBER})号?)?)?)?[,、;:.·]*"
    r"(?P<left>.*)",
    re.DOTALL,
)


def read(text: str) -> Address:
    """Read an address as it is written; unreadable text comes back as `compound`."""
    house = read_house(plain(text))
    head = read_head(house.head)
    return Address(
        divisions=tuple(filter(None, head[:4])),
        community=head.community,
        grid=head.grid,
        road=head.road,
        number=head.number,
        annex=head.annex,
        compound=head.left,
        building=house.building,
        unit=house.unit,
        floor=house.floor,
        door=house.door,
        rest=house.rest,
    )


def read_house(text: str) -> House:
    """Divide plain text (see `plain`) at the building, else at the unit or the door."""
    aside = ""
    if "(" in text or "[" in text or "【" in text:
        aside = "".join(_BRACKETS.findall(text))
        text = _BRACKETS.sub("", text)
    for form in _FORMS:
        found = form.fullmatch(text)
        if found is not None:
            return _house(found, aside)
    return House(text, "", "", "", "", aside)


def _house(found: re.Match[str], aside: str) -> House:
    """Return the numbers of a match in digits."""
    head, building = found["head"], found["building"]
    if not building and found["unit"]:
        # 5号2单元: behind a unit's number a house number is a building.
        numbered = _HOUSE_NUMBER.fullmatch(head)
        if numbered is not None:
            head, building = numbered["compound"], numbered["building"]
    unit, floor, door = found["unit"], found["floor"], found["door"] or found["named_door"]
    return House(
        head.rstrip("-,、"),
        arabic(building) if building else "",
        arabic(unit) if unit else "",
        arabic(floor) if floor else "",
        arabic(door) if door else "",
        found["rest"] + aside,
    )


@lru_cache(maxsize=8192)
def read_head(text: str) -> Head:
    """Divide what stands before the building (plain text) by the words that end each name."""
    found = _HEAD.fullmatch(text)
    if found is None:  # pragma: no cover - every part is optional and the last takes anything
        raise AssertionError(text)
    grid, number, annex = found["grid"], found["number"], found["annex"] or found["dashed"]
    return Head(
        found["province"] or "",
        found["city"] or "",
        found["district"] or "",
        found["township"] or "",
        found["community"] or "",
        arabic(grid) if grid else "",
        found["road"] or "",
        arabic(number) if number else "",
        arabic(annex) if annex else "",
        found["left"],
    )
