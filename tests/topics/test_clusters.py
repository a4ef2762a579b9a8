from __future__ import annotations

import csv
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path

import pytest

from gridpact.core.segment import Names
from gridpact.topics.clusters import Said, find_topics

START = datetime(2026, 3, 2, 8, 0)
MIXER = (
    "锦云小区旁边的混凝土搅拌厂夜里一直响，灰尘很大，没法开窗",
    "请管管锦云小区北门的搅拌厂，噪音和灰尘让人受不了",
    "搅拌厂离锦云小区太近，夜里噪音扰民，灰尘落满阳台",
    "锦云小区住户反映：搅拌厂灰尘太大，老人咳嗽",
)
OTHERS = (
    "梧桐路的路灯坏了三盏，晚上看不清路",
    "想问问居民医保缴费什么时候截止",
    "楼道里堆了旧家具，消防通道过不去",
    "公交站的顶棚漏雨，等车的人没处躲",
    "健身器材松动，孩子玩着危险",
    "垃圾桶满了两天没人清",
)


def said(*texts: str, who: str = "") -> list[Said]:
    return [
        Said(text, START + timedelta(hours=at), who or f"p{at}") for at, text in enumerate(texts)
    ]


def filler(count: int) -> list[Said]:
    """Messages about many things, each at a place of its own."""
    pairs = zip(range(count), cycle(OTHERS), strict=False)
    return [Said(f"第{at}处：{text}", START, f"f{at}") for at, text in pairs]


def test_what_many_say_of_one_place_is_one_topic_with_the_place_in_its_name() -> None:
    rows = [*said(*OTHERS), *said(*MIXER)]
    topic = find_topics(rows)[0]
    assert topic.members == (6, 7, 8, 9)
    assert topic.people == 4
    assert "锦云小区" in topic.name
    assert "搅拌厂" in topic.words or "搅拌" in topic.words
    assert topic.first == START and topic.last == START + timedelta(hours=3)


def test_copies_from_one_person_count_once() -> None:
    rows = [*said(*OTHERS), *said(*[MIXER[0]] * 9, who="one")]
    topic = find_topics(rows)[0]
    assert len(topic.members) == 9
    assert topic.people == 1
    assert topic.heat <= 1


def test_more_people_reactions_and_later_times_are_hotter() -> None:
    quiet = find_topics([*said(*OTHERS), *said(*MIXER)])[0]
    loud = [Said(row.text, row.at, row.who, reactions=50) for row in said(*MIXER)]
    assert find_topics([*said(*OTHERS), *loud])[0].heat > quiet.heat
    old = find_topics([*said(*OTHERS), *said(*MIXER)], end=START + timedelta(days=90))[0]
    assert old.heat < quiet.heat


def test_the_same_matter_at_two_places_is_two_topics() -> None:
    there = [text.replace("锦云小区", "柳岸小区") for text in MIXER]
    others = [Said(row.text, row.at, f"q{row.who}") for row in said(*there)]
    topics = find_topics([*said(*OTHERS), *said(*MIXER), *others])
    places = {topic.place for topic in topics if len(topic.members) >= 3}
    assert places == {"锦云小区", "柳岸小区"}


def test_what_happens_everywhere_is_cooler_than_what_many_say_of_one_place() -> None:
    names = ("东湾", "西岭", "南浦", "北苑", "中山", "新华")
    everywhere = [
        Said(f"{name}小区楼下麻将馆吵到半夜，麻将声让人睡不着", START, f"m{name}") for name in names
    ]
    topics = find_topics([*said(*OTHERS), *everywhere, *said(*MIXER)])
    assert topics[0].place == "锦云小区"


def test_a_known_area_gives_a_place_where_the_texts_name_none() -> None:
    text = "机器整夜轰鸣，窗户都在抖，请来看看"
    here = [Said(text, START, f"h{at}", area="c1") for at in range(4)]
    apart = [Said(text, START, f"h{at}", area=f"c{at}") for at in range(4)]
    assert find_topics([*said(*OTHERS), *here])[0].area == "c1"
    together, scattered = (find_topics([*said(*OTHERS), *rows])[0] for rows in (here, apart))
    assert together.heat > 4 * scattered.heat


def test_the_same_complaint_of_another_estate_is_no_part_of_the_topic() -> None:
    copied = [text.replace("锦云小区", "柳岸花园") for text in MIXER[:2]]
    rows = [*said(*OTHERS), *said(*MIXER * 2), *said(*copied, who="other")]
    topic = find_topics(rows)[0]
    assert topic.place == "锦云小区"
    assert set(topic.members) == set(range(6, 14))


def test_a_complaint_that_names_no_estate_stays_with_those_it_resembles() -> None:
    rows = [*said(*OTHERS), *said(*MIXER), *said("混凝土搅拌厂夜里一直响，灰尘很大，没法开窗")]
    assert 10 in find_topics(rows)[0].members


def test_different_matters_along_one_road_are_not_one_topic() -> None:
    lamps = ("梧桐路的路灯坏了三盏没人修", "梧桐路路灯坏了晚上很黑", "梧桐路路灯坏了走路摔跤")
    trees = ("梧桐路的大树枝条断了压着电线", "梧桐路大树枝条要修剪", "梧桐路大树枝条挡住窗户")
    topics = find_topics([*filler(60), *said(*lamps, *trees)])
    assert not any({60, 63} <= set(topic.members) for topic in topics)


def test_long_copies_of_unknown_people_count_as_one_person() -> None:
    text = "锦云小区旁边的混凝土搅拌厂夜里一直响，灰尘很大，没法开窗，老人孩子都睡不好，请管一管"
    rows = [Said(text, START, "") for _copy in range(5)]
    topic = find_topics([*said(*OTHERS), *rows])[0]
    assert set(range(6, 11)) <= set(topic.members)
    assert topic.people == len(topic.members) - 4
    short = [Said("锦云小区停水了", START, "") for _copy in range(5)]
    assert find_topics([*said(*OTHERS), *short])[0].people == 5


def test_known_names_of_places_are_taken_as_they_are() -> None:
    rows = [*said(*OTHERS), *said(*(text.replace("锦云小区", "致和里") for text in MIXER))]
    assert find_topics(rows)[0].place == ""
    assert find_topics(rows, names=Names(["致和里"]))[0].place == "致和里"


def test_the_same_input_gives_the_same_topics() -> None:
    rows = [*filler(120), *said(*MIXER)]
    assert find_topics(rows) == find_topics(list(rows))


@pytest.mark.parametrize(
    "text",
    ["", " ", "一", "🙂🙂🙂🙂", "垃圾" * 50_000, "a\tb\tc\n1\t2\t3\n" * 500, "the lamp is broken",
     "路燈壞了，請儘快處理", "\x00\x00", "小区" * 20_000, "?!。，"],
)  # fmt: skip
def test_odd_texts_are_taken(text: str) -> None:
    for rows in (said(text), said(text, text, text, text), [*said(*MIXER), *said(text)]):
        for topic in find_topics(rows):
            assert topic.people <= len(topic.members) <= len(rows)
            assert topic.heat >= 0


def test_fewer_than_three_messages_are_no_topic() -> None:
    assert find_topics([]) == []
    assert find_topics(said(MIXER[0], MIXER[0])) == []


REAL = Path(__file__).parents[3] / "shared/data/tipdm2020c/dev/hot_messages.csv"


@pytest.mark.skipif(not REAL.exists(), reason="the evaluation data do not lie beside the checkout")
def test_each_issue_that_readers_agree_on_is_one_of_the_five_hottest_topics() -> None:
    with REAL.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    messages = [
        Said(
            row["text"], datetime.strptime(row["time"].replace("-", "/"), "%Y/%m/%d %H:%M:%S"), row["user"],
            row["title"], reactions=int(row["likes"] or 0) + int(row["dislikes"] or 0),
        )
        for row in rows
    ]  # fmt: skip
    topics = find_topics(messages)[:5]
    issues = {row["issue_consensus"] for row in rows} - {""}
    for issue in sorted(issues):
        labelled = {at for at, row in enumerate(rows) if row["issue_consensus"] == issue}
        best = max(topics, key=lambda topic: len(labelled & set(topic.members)))
        found = len(labelled & set(best.members))
        assert found / len(labelled) >= 0.8, issue
        # Four more messages on this issue, among them copies of labelled ones, carry no label.
        if issue != "经济学院强制实习":
            assert found / len(best.members) >= 0.8, issue


def test_one_matter_is_a_topic_however_large_its_share() -> None:
    rows = [Said(f"梧桐路路灯坏了{n}", START, f"p{n}") for n in range(40)]
    rows += [Said(f"听雨路垃圾没人清{n}", START, f"q{n}") for n in range(40)]
    assert [topic.people for topic in find_topics(rows)] == [40, 40]
    assert [topic.people for topic in find_topics(rows[:40])] == [40]
