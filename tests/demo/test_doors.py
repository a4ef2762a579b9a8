"""The demo's chains, boxes and hotline stand behind its orders."""

from __future__ import annotations

import re

from gridpact.demo import doors
from gridpact.doors.chain import parse_chain


def test_the_sign_ups_show_every_kind_of_change() -> None:
    first = parse_chain(doors._SIGN_UP + doors._FIRST)
    second = parse_chain(doors._SIGN_UP + doors._SECOND)
    assert first.key == second.key
    names = [[entry.name for entry in chain.entries] for chain in (first, second)]
    assert names[0].count("王小芳") == names[1].count("王小芳") == 2
    assert set(names[0]) - set(names[1]) == {"周小丽"}
    assert set(names[1]) - set(names[0]) == {"吴小刚", "郑小燕"}
    assert first.entries[0].count != second.entries[0].count
    assert second.tail == ("谢谢大家",)
    assert not re.search(r"\d{11}", doors._FIRST + doors._SECOND)
