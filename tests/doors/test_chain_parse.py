"""How a pasted chain is cut and read; texts are our own."""

from __future__ import annotations

import time

import pytest

from gridpact.doors.chain import Entry, normal_title, normalise, parse_chain, parse_chains

PLAIN = """#接龙
周六上午九点清理楼道，请党员报名
例 姓名 楼栋 人数

1. 李明 5栋2单元 2人
2. 王芳 3-1-101 +1
3. 陈静
带扫把两把
"""


def entries(*lines: str) -> tuple[Entry, ...]:
    return parse_chain("#接龙\n事\n" + "\n".join(lines)).entries


def one(line: str) -> Entry:
    found = entries(f"1. {line}")
    assert len(found) == 1
    return found[0]


def names(text: str) -> list[str]:
    return [entry.name for entry in parse_chain(text).entries]


def test_a_chain_has_title_example_and_entries() -> None:
    chain = parse_chain(PLAIN)
    assert chain.marked
    assert chain.title == "周六上午九点清理楼道，请党员报名"
    assert chain.example == ("例 姓名 楼栋 人数",)
    assert [(e.number, e.name, e.place, e.count, e.remark) for e in chain.entries] == [
        (1, "李明", "5栋2单元", 2, ""),
        (2, "王芳", "3-1-101", 1, ""),
        (3, "陈静", "", 1, "带扫把两把"),
    ]
    assert [entry.line for entry in chain.entries] == [5, 6, 7]
    assert chain.tail == () and chain.unread == ()


@pytest.mark.parametrize("mark", ["#接龙", "# 接龙", "＃接龍", "#Group Note", "#group  note:"])
def test_every_spelling_of_the_mark_is_known(mark: str) -> None:
    chain = parse_chain(f"{mark}\n扫地\n1. 李明")
    assert chain.marked and chain.title == "扫地" and len(chain.entries) == 1


@pytest.mark.parametrize(
    "text",
    ["扫地 #接龙\n1. 李明", "#接龙 扫地\n1. 李明", "扫地\n#接龙\n1. 李明", "#接龙\n扫地\n1. 李明"],
)
def test_the_title_stands_before_behind_or_below_the_mark(text: str) -> None:
    assert parse_chain(text).title == "扫地"


@pytest.mark.parametrize(
    "sign", [".", "．", "。", "、", ",", "，", ":", "：", ")", "）", ". ", " "]
)
def test_every_sign_behind_a_number_opens_an_entry(sign: str) -> None:
    assert names(f"#接龙\n1{sign}李明\n2{sign}王芳") == ["李明", "王芳"]


def test_brackets_circles_keycaps_and_full_width_digits_open_entries() -> None:
    text = "#接龙\n(1)李明\n（2） 王芳\n③陈静\n４．何芳\n5️⃣ 周丽\n⑹ 吴刚\n⒎郑爽"
    assert names(text) == ["李明", "王芳", "陈静", "何芳", "周丽", "吴刚", "郑爽"]
    circles = "\n".join(f"{chr(0x2460 + n)}王{n}" for n in range(20))
    assert len(parse_chain(circles).entries) == 20


@pytest.mark.parametrize(
    "line",
    ["7月没人来", "2026年没修好", "2.5米的杆子", "2:30集合", "2,000元", "3. 不是下一个", "2"],
)
def test_numbers_inside_texts_open_nothing(line: str) -> None:
    found = entries("1. 李明", line)
    assert len(found) == 1
    assert found[0].remark == line


def test_a_house_or_phone_may_follow_the_sign_at_once() -> None:
    found = entries("1.5栋李明", "2.3-1-101王芳", "3、13800001234陈静")
    assert [(e.name, e.place, e.phone) for e in found] == [
        ("李明", "5栋", ""), ("王芳", "3-1-101", ""), ("陈静", "", "13800001234"),
    ]  # fmt: skip


def test_a_date_before_the_first_entry_stays_in_the_title() -> None:
    chain = parse_chain("#接龙\n1月3日义诊，1.5小时\n1. 李明")
    assert chain.title == "1月3日义诊，1.5小时"
    assert len(chain.entries) == 1


def test_blank_lines_between_entries_do_not_end_the_list() -> None:
    assert names("#接龙\n\n1. 李明\n\n\n2. 王芳\n") == ["李明", "王芳"]


def test_text_behind_a_blank_line_is_the_tail() -> None:
    chain = parse_chain("#接龙\n1. 李明\n带水\n\n谢谢大家\n周六见")
    assert chain.entries[0].remark == "带水"
    assert chain.tail == ("谢谢大家", "周六见")


def test_text_between_entries_is_said_to_be_not_understood() -> None:
    chain = parse_chain("#接龙\n1. 李明\n\n中间一句\n2. 王芳")
    assert len(chain.entries) == 2 and chain.tail == ()
    assert [(each.line, each.text, each.why) for each in chain.unread] == [
        (4, "中间一句", "between")
    ]


def test_a_skipped_number_is_said_and_loses_nothing() -> None:
    chain = parse_chain("#接龙\n1. 李明\n3. 王芳")
    assert chain.entries[0].remark == "3. 王芳"
    assert chain.entries[0].doubts == ("number_inside",)
    assert [each.why for each in chain.unread] == ["number_inside"]


def test_a_list_inside_an_entry_stays_with_it() -> None:
    found = entries("1. 李明", "1. 扫把", "2. 王芳")
    assert [entry.name for entry in found] == ["李明", "王芳"]
    assert found[0].remark == "1. 扫把"


def test_an_entry_without_words_is_left_out_but_keeps_its_number() -> None:
    chain = parse_chain("#接龙\n1.\n李明\n2.\n\n3. 王芳\n4. ")
    assert [(entry.number, entry.name) for entry in chain.entries] == [(1, "李明"), (3, "王芳")]
    assert [(each.line, each.why) for each in chain.unread] == [(4, "empty"), (7, "empty")]


@pytest.mark.parametrize(
    "block",
    [
        "例 姓名 楼栋\n张三 3栋",
        "示例：\n1. 张三 3栋\n2. 李四 4栋\n",
        "例\n\n1. 张三 3栋\n",
        "Example: name building\nwrite like this",
        "例如：1. 张三",
    ],
)
def test_an_example_of_several_lines_is_no_entry(block: str) -> None:
    chain = parse_chain(f"#接龙\n扫地\n{block}\n1. 李明\n2. 王芳")
    assert [entry.name for entry in chain.entries] == ["李明", "王芳"]
    assert chain.title == "扫地"
    assert chain.example and chain.unread == ()


def test_a_title_that_begins_with_a_word_like_example_is_a_title() -> None:
    assert parse_chain("#接龙\n例会报名\n1. 李明").title == "例会报名"


def test_without_a_mark_a_list_from_one_is_enough() -> None:
    chain = parse_chain("周六扫地\n1. 李明\n2. 王芳")
    assert not chain.marked and chain.title == "周六扫地" and len(chain.entries) == 2
    assert parse_chain("周六扫地\n2. 李明\n3. 王芳").entries == ()
    assert parse_chain("").entries == () and parse_chain("").title == ""


@pytest.mark.parametrize(
    "line, name",
    [
        ("李明 5栋", "李明"), ("李明-5栋", "李明"), ("李明－5栋", "李明"), ("李明—5栋", "李明"),
        ("李明，5栋", "李明"), ("李明（户主）", "李明"), ("王芳x3", "王芳"), ("王芳2人", "王芳"),
        ("王芳+1", "王芳"), ("Li Ming 5栋", "Li Ming"), ("Li x2", "Li"), ("Max 5栋", "Max"),
        ("5栋2单元 李明", "李明"), ("李明13800001234", "李明"), ("🌸李明 来", "🌸李明"),
        ("欧阳娜娜", "欧阳娜娜"), ("李明5栋2单元301", "李明"),
    ],
)  # fmt: skip
def test_the_name_is_the_first_word(line: str, name: str) -> None:
    assert one(line).name == name


@pytest.mark.parametrize(
    "line, count",
    [
        ("李明", 1), ("李明 +1", 1), ("李明 +3", 3), ("李明 ＋2", 2), ("李明 x2", 2), ("李明×4", 4),
        ("李明 2人", 2), ("李明 3份", 3), ("李明 2个", 2), ("李明 2位", 2), ("李明 2人参加", 2),
        ("李明 2个灯坏了", 1), ("李明 两人", 2), ("李明 5栋 12人", 12), ("李明 0人", 1),
    ],
)  # fmt: skip
def test_the_count_is_read_from_its_mark(line: str, count: int) -> None:
    assert one(line).count == count


@pytest.mark.parametrize(
    "line, place",
    [
        ("李明 5栋2单元", "5栋2单元"), ("李明 5栋2单元301室", "5栋2单元301室"), ("李明 12幢", "12幢"),
        ("李明 3-1-101", "3-1-101"), ("李明 3－1－101", "3-1-101"), ("李明 3-1203", "3-1203"),
        ("李明 8号楼1单元", "8号楼1单元"), ("李明 致和苑3栋 来", "致和苑3栋"),
        ("李明 2026-11-03 来", ""), ("李明 0773-1234567", ""), ("李明 9-11点", ""),
    ],
)  # fmt: skip
def test_the_place_is_read_in_the_forms_people_use(line: str, place: str) -> None:
    assert one(line).place == place


def test_a_phone_is_taken_out_of_the_remark() -> None:
    entry = one("李明 138-0000 1234 要轮椅")
    assert (entry.phone, entry.remark) == ("13800001234", "要轮椅")
    assert one("李明 +8613800001234").phone == "13800001234"
    identity = "450312190001010018"
    assert one(f"李明 {identity}").phone == ""


def test_a_place_within_a_sentence_stays_in_it() -> None:
    entry = one("李明 我家3栋旁边的树倒了")
    assert (entry.place, entry.remark) == ("3栋", "我家3栋旁边的树倒了")


def test_emoji_are_kept() -> None:
    assert one("李明 谢谢👨‍👩‍👧🙏").remark == "谢谢👨‍👩‍👧🙏"


@pytest.mark.parametrize(
    "line, doubt",
    [
        ("李明 2人 3份", "several_counts"), ("李明 0人", "count_odd"), ("李明 9999人", "count_odd"),
        ("李明 13800001234 13900001234", "several_phones"), ("李明 1380000123", "phone_odd"),
        ("+1", "name_missing"), ("13800001234", "name_missing"),
        ("楼道里的灯坏了好几个星期没有人来修理", "name_long"),
    ],
)  # fmt: skip
def test_what_is_doubtful_is_said(line: str, doubt: str) -> None:
    assert doubt in one(line).doubts


def test_traces_of_copying_do_not_matter() -> None:
    odd = "\ufeff#接龙\r\n扫\u200b地\r\n\r\n1.\u2005李明\u20055栋\u30002人\r2.\xa0王芳\u2028"
    chain = parse_chain(odd)
    assert chain.title == "扫地"
    assert [(e.name, e.place, e.count) for e in chain.entries] == [
        ("李明", "5栋", 2),
        ("王芳", "", 1),
    ]
    assert normalise("a\r\nb\rc") == "a\nb\nc"


def test_the_same_name_twice_is_two_entries() -> None:
    found = entries("1. 王芳 3栋", "2. 王芳 5栋", "3. 王芳 3栋")
    assert [entry.place for entry in found] == ["3栋", "5栋", "3栋"]


def test_two_chains_in_one_paste_are_two() -> None:
    text = "#接龙\n扫地\n1. 李明\n2. 王芳\n\n#接龙\n义诊\n1. 陈静\n"
    both = parse_chains(text)
    assert [(each.title, len(each.entries)) for each in both] == [("扫地", 2), ("义诊", 1)]
    first = parse_chain(text)
    assert first.title == "扫地" and len(first.entries) == 2
    assert [each.why for each in first.unread] == ["other_chain"]
    assert parse_chain(first.rest).title == "义诊"


def test_a_title_above_its_mark_belongs_to_the_second_chain() -> None:
    both = parse_chains("#接龙\n扫地\n1. 李明\n\n义诊\n#接龙\n1. 陈静")
    assert [(each.title, each.tail) for each in both] == [("扫地", ()), ("义诊", ())]


def test_of_two_copies_of_one_chain_the_later_wins() -> None:
    chain = parse_chain("#接龙\n扫地\n1. 李明\n\n#接龙\n扫地\n1. 李明\n2. 王芳")
    assert [entry.name for entry in chain.entries] == ["李明", "王芳"]
    assert chain.unread == ()


def test_titles_are_the_same_whatever_their_width_and_signs() -> None:
    assert normal_title("周六９点，扫地！ ") == normal_title("周六 9点扫地")
    assert normal_title("扫地") != normal_title("义诊")


def test_the_digest_is_of_the_text_as_it_was_pasted() -> None:
    assert parse_chain(PLAIN).digest != parse_chain(PLAIN + " ").digest
    assert len(parse_chain(PLAIN).digest) == 64


def test_five_thousand_entries_are_read_within_a_second() -> None:
    lines = [f"{n}. 王芳 {n % 30 + 1}-1-101 +1 带扫把 1380000{n:04d}" for n in range(1, 5001)]
    started = time.process_time()
    chain = parse_chain("#接龙\n大扫除\n" + "\n".join(lines))
    assert time.process_time() - started < 1
    assert len(chain.entries) == 5000
    assert chain.entries[-1].phone == "13800005000"


@pytest.mark.parametrize("filler", ["啊", "3-", "1栋", "+1 ", "王芳 ", "(", "138"])
def test_time_grows_with_the_text_and_not_with_its_square(filler: str) -> None:
    def seconds(size: int) -> float:
        started = time.process_time()
        parse_chain("#接龙\n1. " + filler * size)
        return time.process_time() - started

    seconds(1000)
    assert seconds(80_000) < 12 * max(seconds(20_000), 0.01)
