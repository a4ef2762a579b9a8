"""Addresses as people write them: read into parts, found in the demo, never guessed."""

import time
from dataclasses import asdict
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridpact.demo.territory import build_territory
from gridpact.grid.addresses import AddressBook, Entry, Match, Outcome, read

LEVELS = ("DISTRICT", "TOWNSHIP", "COMMUNITY", "GRID", "MICRO_GRID", "UNIT")
ABOVE = ("广西壮族自治区", "桂林市")
NUMERALS = "零一二三四五六七八九"


def demo_entries() -> list[Entry]:
    """The demo's cells, numbered in their order."""
    paths: dict[str, tuple[str, ...]] = {"": ()}
    entries = []
    for number, cell in enumerate(build_territory()):
        paths[cell.code] = (*paths[cell.parent], cell.name)
        entries.append(Entry(number, cell.code, LEVELS.index(cell.level), paths[cell.code]))
    return entries


ENTRIES = demo_entries()
BOOK = AddressBook(ENTRIES, above_root=ABOVE)
BUILDINGS = [entry for entry in ENTRIES if entry.level_rank == 4]
NUMBERED = [entry for entry in BUILDINGS if entry.names[-1].endswith("栋")]
UNITS = [entry for entry in ENTRIES if entry.level_rank == 5]


def said(match: Match) -> list[tuple[str, str]]:
    return [(part.kind, part.text) for part in match.matched]


def left(match: Match) -> list[tuple[str, str]]:
    return [(part.kind, part.text) for part in match.unmatched]


def named(match: Match) -> str:
    assert match.cell_id is not None, match
    return "/".join(ENTRIES[match.cell_id].names[2:])


# ---- reading by form


@pytest.mark.parametrize(
    "text, parts",
    [
        (
            "金水路18号致和苑3栋2单元501",
            "road=金水路 number=18 compound=致和苑 building=3 unit=2 door=501",
        ),
        (
            "临桂区临桂镇致和社区桂花园5号楼1单元",
            "divisions=临桂区,临桂镇 community=致和社区 compound=桂花园 building=5 unit=1",
        ),
        ("致和苑3-2-501", "compound=致和苑 building=3 unit=2 door=501"),
        ("致和苑3-2-5-501室", "compound=致和苑 building=3 unit=2 floor=5 door=501"),
        ("致和苑3—501", "compound=致和苑 building=3 door=501"),
        ("致和苑3-2", "compound=致和苑 building=3 unit=2"),
        ("3幢二单元5楼502室", "building=3 unit=2 floor=5 door=502"),
        ("致和苑 ３ 栋 ２ 单元 ５０１", "compound=致和苑 building=3 unit=2 door=501"),
        ("致和苑三栋二单元五〇二室", "compound=致和苑 building=3 unit=2 door=502"),
        ("致和苑二十三栋十二楼", "compound=致和苑 building=23 floor=12"),
        ("致和苑03#1门201", "compound=致和苑 building=3 unit=1 door=201"),
        ("致和苑3#楼", "compound=致和苑 building=3"),
        ("致和苑a座1203", "compound=致和苑 building=A door=1203"),
        ("致和苑3A栋甲单元", "compound=致和苑 building=3A unit=甲"),
        ("致和苑5号2单元301", "compound=致和苑 building=5 unit=2 door=301"),
        ("榕山商圈A区2单元", "compound=榕山商圈A区 unit=2"),
        ("致和苑501室", "compound=致和苑 door=501"),
        ("榕山商圈A区501", "compound=榕山商圈A区 door=501"),
        ("榕山商圈A区三层301号", "compound=榕山商圈A区 floor=3 door=301"),
        ("榕山商圈A区6F", "compound=榕山商圈A区 floor=6"),
        ("金水路501号", "road=金水路 number=501"),
        ("金水路18号附3号", "road=金水路 number=18 annex=3"),
        ("金水路18-3号致和苑", "road=金水路 number=18 annex=3 compound=致和苑"),
        ("人民大道100号之二", "road=人民大道 number=100 annex=2"),
        (
            "临桂镇新村路5号院3号楼",
            "divisions=临桂镇 road=新村路 number=5 building=3",
        ),
        (
            "广西桂林市临桂区宛田瑶族乡宛田村村民委员会第三村民小组",
            "divisions=广西,桂林市,临桂区,宛田瑶族乡 community=宛田村 grid=3",
        ),
        (
            "致和社区居民委员会第2网格致和苑3栋(南门)旁",
            "community=致和社区 grid=2 compound=致和苑 building=3 rest=旁(南门)",
        ),
        ("桂花新村3栋", "compound=桂花新村 building=3"),
        ("桂花园东区3栋", "compound=桂花园东区 building=3"),
        ("没有地址", "compound=没有地址"),
        ("", ""),
    ],
)
def test_an_address_is_read_by_its_form(text: str, parts: str) -> None:
    found = asdict(read(text))
    found["divisions"] = ",".join(found["divisions"])
    assert " ".join(f"{name}={value}" for name, value in found.items() if value) == parts


@given(st.text(alphabet="临桂区镇致和社苑三3十栋号楼单元-#路网格附()（A 0０", max_size=24))
def test_any_text_is_read_and_searched_without_an_error(text: str) -> None:
    assert isinstance(asdict(read(text)), dict)
    match = BOOK.find(text)
    assert (match.cell_id is not None) is (match.outcome is Outcome.FOUND)
    assert 0.0 <= match.score <= 1.0


def test_a_text_of_any_length_takes_no_longer_than_an_address() -> None:
    start = time.process_time()
    for sign in ("(", "3", "临", "号", "三", "-", "区"):
        assert BOOK.find(sign * 1_000_000).outcome is Outcome.NOTHING
        read(sign * 1_000_000)
    assert time.process_time() - start < 1.0


# ---- finding in the demo


class Style(NamedTuple):
    """One way of writing an address."""

    divisions: int
    road: str
    building: str
    unit: str
    door: str
    chinese: bool
    wide: bool
    spaced: bool


STYLES = st.builds(
    Style,
    divisions=st.integers(0, 6),
    road=st.sampled_from(["", "金水路18号", "人民大道100-2号", "榕山路三号附1号", "环城西一路7号"]),
    building=st.sampled_from(["栋", "幢", "号楼", "#", "#楼", "号栋", "-"]),
    unit=st.sampled_from(["单元", "门"]),
    door=st.sampled_from(["", "501", "5楼502室", "1203", "三层301号", "6F"]),
    chinese=st.booleans(),
    wide=st.booleans(),
    spaced=st.booleans(),
)


def number(digits: str, style: Style) -> str:
    return NUMERALS[int(digits)] if style.chinese and len(digits) == 1 else digits


def written(entry: Entry, style: Style) -> str:
    """Write a building's or unit's address, always with its community."""
    _, _, community, _, house, *unit = entry.names
    upper = [*ABOVE, *entry.names[:2]]
    pieces = [*upper[len(upper) - min(style.divisions, 4) :], community]
    if style.divisions == 6:
        pieces[-1] = f"{community}居委会"
    pieces.append(style.road)
    dashed = style.building == "-" and house.endswith("栋")
    if house.endswith("栋"):
        compound, digits = house[:-2], house[-2]
        pieces += [compound, digits if dashed else number(digits, style) + style.building]
    else:
        pieces.append(house)
    if unit:
        digits = unit[0].removesuffix("单元")
        pieces.append(f"-{digits}" if dashed else number(digits, style) + style.unit)
    if dashed:
        pieces.append("-501")
    else:
        pieces.append(style.door)
    text = (" " if style.spaced else "").join(pieces)
    if style.wide:
        text = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)
    return text


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([*BUILDINGS, *UNITS]), STYLES)
def test_any_address_of_the_demo_is_found(entry: Entry, style: Style) -> None:
    match = BOOK.find(written(entry, style))
    assert match.outcome is Outcome.FOUND
    assert (match.cell_id, match.code, match.score) == (entry.cell_id, entry.code, 1.0)
    assert match.unmatched == ()
    assert match.matched[-1].cell_id == entry.cell_id


def test_every_unit_is_found_by_compound_building_and_unit_alone() -> None:
    for entry in UNITS:
        assert BOOK.find(f"{entry.names[4]}{entry.names[5]}501").cell_id == entry.cell_id


def test_every_cell_above_is_found_by_its_names() -> None:
    for entry in ENTRIES:
        if entry.level_rank < 4:
            assert BOOK.find("".join(entry.names)).cell_id == entry.cell_id


def test_a_match_says_what_fitted_and_what_no_cell_bears() -> None:
    match = BOOK.find("桂林市临桂区金水社区居委会金水路18号附2金水苑3栋2单元5楼502室(靠电梯)")
    assert named(match) == "金水社区/金水社区第一网格/金水苑3栋/2单元"
    assert said(match) == [
        ("city", "桂林市"),
        ("district", "临桂区"),
        ("community", "金水社区"),
        ("compound", "金水苑"),
        ("building", "3"),
        ("unit", "2"),
    ]
    assert [(part.kind, part.text) for part in match.unused] == [
        ("road", "金水路"),
        ("number", "18"),
        ("annex", "2"),
        ("floor", "5"),
        ("door", "502"),
        ("rest", "(靠电梯)"),
    ]


@pytest.mark.parametrize(
    "text, cell, unmatched, score",
    [
        ("金水苑3栋9单元", "金水社区/金水社区第一网格/金水苑3栋", [("unit", "9")], 0.667),
        (
            "金水苑99栋1单元",
            "金水社区/金水社区第一网格",
            [("building", "99"), ("unit", "1")],
            0.333,
        ),
        (
            "金水苑北门3栋",
            "金水社区/金水社区第一网格",
            [("building", "3"), ("text", "北门")],
            0.333,
        ),
        ("金水社区门口", "金水社区", [("text", "门口")], 0.5),
        ("金水社区501室", "金水社区", [], 1.0),
    ],
)
def test_what_is_in_no_cell_stays_unmatched_and_the_cell_above_is_found(
    text: str, cell: str, unmatched: list[tuple[str, str]], score: float
) -> None:
    match = BOOK.find(text)
    assert (named(match), left(match), match.score) == (cell, unmatched, score)


@pytest.mark.parametrize(
    "text",
    ["临桂县金水苑3栋", "金水金水苑3栋", "金水社区第1网格金水苑3栋", "金水社区一网格金水苑3栋"],
)
def test_old_short_and_numbered_names_above_are_understood(text: str) -> None:
    match = BOOK.find(text)
    assert (named(match), match.score) == ("金水社区/金水社区第一网格/金水苑3栋", 1.0)


@pytest.mark.parametrize(
    "text, kind",
    [
        ("致和社区金水苑3栋", "community"),
        ("六塘镇金水苑3栋", "township"),
        ("青秀区金水苑3栋", "district"),
        ("南宁市金水苑3栋", "city"),
        ("广东省金水苑3栋", "province"),
        ("金水社区第二网格金水苑3栋", "grid"),
    ],
)
def test_a_name_from_elsewhere_speaks_against_the_cell(text: str, kind: str) -> None:
    match = BOOK.find(text)
    assert match.outcome is Outcome.CONTRADICTORY
    assert match.cell_id is None
    assert [part.kind for part in match.unmatched] == [kind]
    assert [candidate.names[-1] for candidate in match.candidates] == ["金水苑3栋"]


def test_a_known_name_glued_to_unknown_text_is_no_match() -> None:
    match = BOOK.find("新金水苑3栋")
    assert (match.outcome, match.cell_id) == (Outcome.UNSURE, None)
    assert left(match) == [("text", "新")]
    assert [candidate.names[-1] for candidate in match.candidates] == ["金水苑3栋"]


def test_nothing_known_is_nothing_with_what_was_read() -> None:
    match = BOOK.find("北京市朝阳区某某苑3栋2单元")
    assert match.outcome is Outcome.NOTHING
    assert (match.score, match.candidates) == (0.0, ())
    assert left(match) == [
        ("city", "北京市"),
        ("district", "朝阳区"),
        ("text", "某某苑"),
        ("building", "3"),
        ("unit", "2"),
    ]


def test_a_grid_named_alike_everywhere_is_ambiguous_until_its_community_is_named() -> None:
    match = BOOK.find("第二网格")
    assert match.outcome is Outcome.AMBIGUOUS
    assert len(match.candidates) == len(
        {entry.names[2] for entry in ENTRIES if len(entry.names) > 3}
    )
    assert named(BOOK.find("金水社区第2网格")) == "金水社区/金水社区第二网格"


# ---- names that come twice


TWINS = AddressBook(
    [
        Entry(1, "D", 0, ("河东区",)),
        Entry(2, "D1", 2, ("河东区", "一心社区")),
        Entry(3, "D2", 2, ("河东区", "二心社区")),
        Entry(4, "D1G", 3, ("河东区", "一心社区", "一心社区第一网格")),
        Entry(5, "D2G", 3, ("河东区", "二心社区", "二心社区第一网格")),
        Entry(6, "D1GA", 4, ("河东区", "一心社区", "一心社区第一网格", "和园1栋")),
        Entry(7, "D2GA", 4, ("河东区", "二心社区", "二心社区第一网格", "和园1栋")),
        Entry(8, "D2GB", 4, ("河东区", "二心社区", "二心社区第一网格", "和园2栋")),
        Entry(9, "D2GA2", 5, ("河东区", "二心社区", "二心社区第一网格", "和园1栋", "2单元")),
        Entry(10, "D1P", 3, ("河东区", "一心社区", "东湖花园")),
        Entry(11, "D1PA", 4, ("河东区", "一心社区", "东湖花园", "3号楼")),
        Entry(12, "D1PA1", 5, ("河东区", "一心社区", "东湖花园", "3号楼", "一单元")),
        Entry(13, "D1PAX", 5, ("河东区", "一心社区", "东湖花园", "3号楼", "2单元")),
        Entry(14, "D1PAY", 5, ("河东区", "一心社区", "东湖花园", "3号楼", "二单元")),
    ]
)


def test_two_compounds_of_one_name_are_both_returned() -> None:
    match = TWINS.find("和园1栋")
    assert (match.outcome, match.cell_id) == (Outcome.AMBIGUOUS, None)
    assert [candidate.code for candidate in match.candidates] == ["D1GA", "D2GA"]
    assert match.candidates[0].names[1] == "一心社区"


@pytest.mark.parametrize(
    "text, cell",
    [
        ("二心社区和园1栋", 7),
        ("一心和园1幢", 6),
        ("和园2栋", 8),
        ("和园1栋2单元", 9),
        ("东湖花园3栋1单元", 12),
        ("东湖花园", 10),
    ],
)
def test_what_tells_twins_apart_decides(text: str, cell: int) -> None:
    assert TWINS.find(text).cell_id == cell


def test_a_compound_without_its_building_leads_to_its_cell_or_to_all_of_them() -> None:
    match = TWINS.find("河东区和园")
    assert [candidate.code for candidate in match.candidates] == ["D1G", "D2G"]
    assert TWINS.find("二心社区和园").cell_id == 5


def test_two_units_of_one_number_are_not_chosen_between() -> None:
    match = TWINS.find("东湖花园3号楼2单元")
    assert (match.cell_id, left(match)) == (11, [("unit", "2")])


def test_the_order_of_the_entries_changes_nothing() -> None:
    reversed_book = AddressBook(reversed(ENTRIES), above_root=ABOVE)
    texts = [f"{entry.names[2]}{entry.names[4]}2单元" for entry in BUILDINGS[::9]]
    texts += ["第二网格", "金水苑", "致和社区金水苑3栋"]
    assert [reversed_book.find(text) for text in texts] == [BOOK.find(text) for text in texts]


def test_twenty_thousand_addresses_a_second() -> None:
    texts = [
        f"临桂区临桂镇{entry.names[2]}金水路18号{entry.names[4]}{entry.names[5]}501"
        for entry in UNITS
    ]
    best = 0.0
    for _ in range(5):
        start = time.process_time()
        found = [BOOK.find(text).cell_id for text in texts]
        best = max(best, len(texts) / (time.process_time() - start))
        assert found == [entry.cell_id for entry in UNITS]
    assert best > 20_000
