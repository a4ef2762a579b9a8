"""A hotline's file as entries of orders: which of its columns holds what."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import IO

from gridpact.core.access import Refused
from gridpact.doors.choices import HOTLINE_PARTS
from gridpact.orders.files.source import ALIASES, Entry, read_entry
from gridpact.ui.sheets import read_table

MAX_NUMBER = 60
# How hotlines call their columns, beside the names that files of orders have anyway.
_NAMES: dict[str, tuple[str, ...]] = {
    "number": (
        "诉求编号", "工单编号", "工单号", "受理编号", "来电编号", "任务号", "流水号",
        "案件编号", "编号",
    ),
    "text": (
        "诉求内容", "来电内容", "工单内容", "受理内容", "问题描述", "诉求描述",
        "事项内容", "内容",
    ),
    "time": ("受理时间", "来电时间", "诉求时间", "登记时间", "派单时间", "创建时间", "时间"),
    "reporter": ("来电人", "来电人姓名", "诉求人", "反映人", "市民姓名", "联系人", "姓名"),
    "phone": ("联系电话", "来电号码", "来电电话", "联系方式", "手机号码", "手机号", "手机", "电话"),
    "address": (
        "地址", "诉求地址", "事发地址", "详细地址", "来电地址", "问题地址", "事发地点", "发生地址",
    ),
    "community": ("社区", "所属社区", "村居", "村（社区）", "村(社区)"),
    "street": ("街道", "镇街", "乡镇", "所属街道", "所属镇街"),
    "types": (
        "类别", "诉求类别", "问题类别", "诉求分类", "分类", "归口类型", "一级分类", "事项类别",
    ),
    "property": ("诉求类型", "诉求性质", "工单类型", "性质"),
    "title": ("标题", "诉求标题", "工单标题", "主题"),
}  # fmt: skip
KNOWN = {part: (*names, *ALIASES.get(part, ())) for part, names in _NAMES.items()}


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().strip("*").strip().lower()


def guess_columns(header: tuple[str, ...], kept: Mapping[str, str]) -> dict[str, str]:
    """{what a column holds: header}: as kept for this hotline, else by the names in use."""
    here = {_plain(name): name for name in header}
    found: dict[str, str] = {}
    for part, _label, _must in HOTLINE_PARTS:
        if kept.get(part) in header:
            found[part] = kept[part]
            continue
        for name in KNOWN[part]:
            column = here.get(_plain(name))
            if column is not None and column not in found.values():
                found[part] = column
                break
    return found


class HotlineTable:
    """A file with its columns assigned; the numbers are known under the hotline's code."""

    def __init__(self, file: IO[bytes], name: str, label: str, kept: Mapping[str, str]) -> None:
        """Reads the whole table, at most 20 MB. Raises `Refused` for what is no table."""
        sheet = read_table(file, name)
        self.label = label
        self.header = sheet.header
        self.columns = guess_columns(sheet.header, kept)
        self._rows = list(sheet.rows)
        self._flaws = sheet.flaws
        if not self._rows:
            raise Refused("hotline_empty", 422, field="file")

    @property
    def missing(self) -> list[str]:
        """What no column holds though it must."""
        return [
            str(label) for part, label, must in HOTLINE_PARTS if must and part not in self.columns
        ]

    def entries(self, now: datetime) -> Iterator[Entry | tuple[int, Refused]]:
        """Every row as an entry, or its number with why it cannot be read."""
        for number, row in self._rows:
            flaw = self._flaws.get(number)
            if flaw is not None:
                yield number, Refused("row_flaw", 422, why=flaw)
                continue
            values = {part: row.get(column, "").strip() for part, column in self.columns.items()}
            try:
                yield self._entry(number, values, now)
            except Refused as refusal:
                yield number, refusal

    def _entry(self, number: int, values: dict[str, str], now: datetime) -> Entry:
        if not values.get("number"):
            raise Refused("row_number_missing", 422)
        if len(values["number"]) > MAX_NUMBER:  # it goes back to the hotline as it came
            raise Refused("row_number_long", 422, most=MAX_NUMBER)
        if not values.get("text"):
            raise Refused("text_missing", 422, field="text")
        if not values.get("time"):
            values.pop("time", None)
        return read_entry(number, values, now)
