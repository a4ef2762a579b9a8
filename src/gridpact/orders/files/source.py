"""Reads files of orders as other systems export them: encodings, column names, dates, kinds."""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from gridpact.core.access import Refused
from gridpact.core.clock import LOCAL
from gridpact.core.worktime import FIRST
from gridpact.orders.choices import Kind
from gridpact.ui.sheets import unquoted

# Column names by what they hold, best first; `types` takes every match, in the file's order.
ALIASES: dict[str, tuple[str, ...]] = {
    "number": (
        "number", "id", "rec_id", "unique_key", "service_request_id", "编号", "留言编号",
        "工单编号", "row",
    ),
    "title": ("title", "标题", "留言主题", "主题", "summary"),
    "text": (
        "text", "内容", "留言详情", "诉求内容", "问题描述", "反映内容", "description", "content",
        "tokens",
    ),
    "time": (
        "time", "create_date", "created", "created_date", "created_at", "requested_datetime",
        "留言时间", "上报时间", "受理时间", "时间", "date",
    ),
    "reporter": ("user", "name", "留言用户", "姓名", "反映人", "诉求人"),
    "phone": ("phone", "电话", "联系电话", "手机"),
    "lon": ("lon", "longitude", "long", "lng", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "datum": ("datum", "坐标系"),
    "cell": ("cell", "cell_code", "网格编码", "单元编码"),
    "community": ("community", "社区", "所属社区", "村居"),
    "street": ("street", "township", "街道", "镇街", "乡镇"),
    "address": ("address", "地址", "详细地址", "事发地址", "neighborhood"),
    "types": (
        "type", "main_type", "sub_type", "category", "complaint_type", "descriptor", "label",
        "一级标签", "一级分类", "二级分类", "三级分类", "问题类型",
    ),
    "property": ("property", "kind", "诉求性质", "诉求类型", "性质"),
    "unit": ("dispose_unit", "agency_name", "承办单位", "处置单位", "责任单位"),
    "outcome": ("outcome", "status", "办理结果", "办结情况"),
    "answer": ("reply", "答复意见", "答复内容", "回复"),
    "ended": ("closed_date", "reply_time", "答复时间", "办结时间"),
}  # fmt: skip
_HOLDS = {name: meaning for meaning, names in ALIASES.items() for name in names}

KINDS = {
    "投诉": Kind.REPORT, "举报": Kind.REPORT, "咨询": Kind.CONSULTATION, "建议": Kind.SUGGESTION,
    "求决": Kind.NEED, "求助": Kind.NEED, "感谢": Kind.REPORT, "微心愿": Kind.WISH,
    "矛盾纠纷": Kind.DISPUTE, "隐患": Kind.HAZARD,
}  # fmt: skip
_KINDS = frozenset(Kind.values)  # the class builds its list anew at every question
ENDED_WORDS = {"按期办结", "逾期办结", "办结", "已办结", "已回复", "结案", "closed"}
ENDED_WORDS |= {"rejected", "withdrawn", "merged"}  # our own, from an export

_BLOCK = 1 << 20
# A 10 MB text is a row to refuse, not the end of the file; the reader's own limit is 128 kB.
_FIELD_LIMIT = 1 << 30
_TIME = re.compile(
    r"((?:19|20)\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]+(\d{1,2})[:：时](\d{1,2})(?:分|[:：](\d{1,2})(?:[.,](\d{1,6})\d*)?)?秒?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a file in our terms. Points are degrees in `datum`; no time column, no `at`."""

    row: int
    number: str
    text: str
    title: str
    at: datetime | None
    kind: str
    reporter: str
    phone: str
    lon: float | None
    lat: float | None
    datum: str
    cell: str
    places: tuple[str, str]
    address: str
    types: tuple[str, ...]
    unit: str
    outcome: str
    answer: str
    ended: datetime | None

    @property
    def has_ended(self) -> bool:
        """The other system finished it: by its outcome, or because it was answered."""
        return self.outcome.lower() in ENDED_WORDS or bool(self.answer)

    @property
    def own_number(self) -> str:
        """The other system's number, else a digest of what makes the row this row."""
        if 0 < len(self.number) <= 60:
            return self.number
        parts = (
            self.number, self.text, self.title, self.at, self.lon, self.lat, self.cell,
            *self.places, self.address,
        )  # fmt: skip
        return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()


@dataclass(slots=True)
class Source:
    """An opened file: which columns are read and ignored, and the label its numbers live under."""

    path: Path
    encoding: str
    columns: tuple[str, ...]
    reads: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """A name for files of this layout, whatever they are called: same columns, same numbers."""
        layout = "\x1f".join(self.columns).encode()
        return f"file:{hashlib.blake2b(layout, digest_size=8).hexdigest()}"

    @property
    def columns_read(self) -> list[str]:
        """Column names that are used, in the file's order."""
        used = {name for names in self.reads.values() for name in names}
        return [name for name in self.columns if name in used]

    @property
    def columns_ignored(self) -> list[str]:
        """Column names that are not used, in the file's order."""
        used = {name for names in self.reads.values() for name in names}
        return [name for name in self.columns if name not in used]

    def entries(self, now: datetime) -> Iterator[Entry | tuple[int, Refused]]:
        """Every row as an entry, or its number with why it cannot be read. Streams the file."""
        rows = _json_rows(self) if _is_json(self.path) else _csv_rows(self)
        for row, values in rows:
            if isinstance(values, Refused):
                yield row, values
                continue
            try:
                yield read_entry(row, values, now)
            except Refused as refusal:
                yield row, refusal


def open_source(path: Path) -> Source:
    """Find encoding and columns of a csv or jsonl file.

    Raises `Refused`: no such file, no text encoding, no rows, neither a text nor type columns.
    """
    if not path.is_file():
        raise Refused("file_missing", 422, name=path.name)
    source = Source(path, _encoding(path), ())
    first = _first_json_keys(source) if _is_json(path) else next(_csv_cells(source), None)
    if not first:
        raise Refused("file_empty_table", 422, name=path.name)
    source.columns = tuple(first)
    source.reads = _reads(first)
    if not {"text", "types", "title"} & set(source.reads):
        wanted = ", ".join(ALIASES["text"][:5])
        raise Refused("no_text_column", 422, name=path.name, columns=wanted)
    return source


def parse_time(given: str) -> datetime:
    """An instant (UTC) from the forms offices write; without an offset it is local time.

    Raises `Refused("date_wrong")`.
    """
    match = _TIME.fullmatch(given.strip())
    if match is None:
        raise Refused("date_wrong", 422, field="time", given=given[:40])
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        at = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
            int((fraction or "0").ljust(6, "0")), tzinfo=LOCAL,
        )  # fmt: skip
        if offset:
            at = at.replace(tzinfo=UTC) - _offset(offset)
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused("date_wrong", 422, field="time", given=given[:40]) from error


def _offset(text: str) -> timedelta:
    if text == "Z":
        return timedelta(0)
    digits = text[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if text[0] == "-" else size


def _is_json(path: Path) -> bool:
    return path.suffix.lower() in {".jsonl", ".ndjson", ".json"}


def _encoding(path: Path) -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM, else GB 18030; reads the file once, in blocks."""
    with path.open("rb") as file:
        head = file.read(2)
    if head in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    decoder.decode(block)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Refused("file_not_text", 422, name=path.name)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().strip("*").strip().lower()


def _reads(columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Which columns hold what; of several candidates for one meaning the best name is read."""
    found: dict[str, list[str]] = {}
    for column in columns:
        meaning = _HOLDS.get(_plain(column))
        if meaning is not None:
            found.setdefault(meaning, []).append(column)
    for meaning, names in found.items():
        if meaning != "types":
            names.sort(key=lambda name: ALIASES[meaning].index(_plain(name)))
            del names[1:]
    return {meaning: tuple(names) for meaning, names in found.items()}


def _csv_cells(source: Source) -> Iterator[list[str]]:
    csv.field_size_limit(_FIELD_LIMIT)
    with source.path.open(encoding=source.encoding, newline="") as file:
        head = file.readline()
        marks = {mark: head.count(mark) for mark in ",\t;"}
        file.seek(0)
        yield from csv.reader(file, delimiter=max(marks, key=lambda mark: marks[mark]))


Values = Mapping[str, str] | Refused
Wanted = list[tuple[str, list[int]]]


def _csv_rows(source: Source) -> Iterator[tuple[int, Values]]:
    """Rows as {meaning: text}; the header is row 1, as in a spreadsheet."""
    place = {name: at for at, name in reversed(list(enumerate(source.columns)))}
    wanted = [(meaning, [place[name] for name in names]) for meaning, names in source.reads.items()]
    width = len(source.columns)
    for row, cells in enumerate(_csv_cells(source), start=1):
        if row == 1 or not any(cells):
            continue
        if len(cells) > width and any(cells[width:]):
            yield row, Refused("row_cells", 422, given=len(cells), expected=width)
            continue
        if len(cells) < width:
            cells.extend([""] * (width - len(cells)))
        yield row, _by_meaning(cells, wanted)


def _by_meaning(cells: Sequence[str], wanted: Wanted) -> dict[str, str]:
    return {
        meaning: cells[at[0]].strip() if len(at) == 1 else "\x1f".join(cells[each] for each in at)
        for meaning, at in wanted
    }


def _json_lines(source: Source) -> Iterator[tuple[int, Any]]:
    with source.path.open(encoding=source.encoding) as file:
        for row, line in enumerate(file, start=1):
            if line.strip():
                try:
                    yield row, orjson.loads(line)
                except orjson.JSONDecodeError:
                    yield row, None


def _flat(record: dict[str, Any]) -> dict[str, str]:
    """Scalars as text; a nested `location` or `contact` is lifted."""
    flat: dict[str, str] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            flat |= _flat(value)
        elif value is not None and not isinstance(value, list):
            flat[key] = str(value)
    return flat


def _first_json_keys(source: Source) -> list[str] | None:
    records = (_flat(record) for _, record in _json_lines(source) if isinstance(record, dict))
    return next((list(keys) for keys in records if keys), None)


def _json_rows(source: Source) -> Iterator[tuple[int, Values]]:
    for row, record in _json_lines(source):
        if not isinstance(record, dict):
            yield row, Refused("row_not_json", 422)
            continue
        flat = _flat(record)
        yield (
            row,
            {
                meaning: "\x1f".join(flat.get(name, "").strip() for name in names)
                for meaning, names in source.reads.items()
            },
        )


def read_entry(row: int, values: Mapping[str, str], now: datetime) -> Entry:
    """One row, {what a column holds (a key of `ALIASES`): text}. Raises `Refused`."""
    get = values.get
    types = tuple(each.strip() for each in get("types", "").split("\x1f") if each.strip())
    title, text = unquoted(get("title", "")), unquoted(get("text", ""))
    kind = KINDS.get(get("property", ""), get("property", "").upper())
    at = _past(values["time"], now) if "time" in values else None
    lon, lat = _point(get("lon", ""), get("lat", ""))
    return Entry(
        row=row,
        number=get("number", ""),
        text=text or title or _composed(types, get("property", "")),
        title=title,
        at=at,
        kind=kind if kind in _KINDS else Kind.NEED,
        reporter=get("reporter", "")[:50],
        phone=get("phone", ""),
        lon=lon,
        lat=lat,
        datum=get("datum", "") or "wgs84",
        cell=get("cell", ""),
        places=(get("community", ""), get("street", "")),
        address=unquoted(get("address", "")),
        types=types,
        unit=get("unit", ""),
        outcome=get("outcome", ""),
        answer=unquoted(get("answer", "")),
        ended=_ended(get("ended", ""), at, now),
    )


def _composed(types: Sequence[str], nature: str) -> str:
    """A sentence for rows with types but no words of a resident: `投诉：市政设施 / 路灯`."""
    what = " / ".join(dict.fromkeys(types))
    return f"{nature}：{what}" if nature and what else what


def _past(given: str, now: datetime) -> datetime:
    at = parse_time(given)
    if at > now:
        raise Refused("date_future", 422, field="time", given=given[:40])
    if at.astimezone(LOCAL).date() < FIRST:  # no working time is known of such a day
        raise Refused("date_early", 422, field="time", given=given[:40], first=FIRST.year)
    return at


def _ended(given: str, at: datetime | None, now: datetime) -> datetime | None:
    """When the other system closed it; an end before the beginning or ahead of us is no fact."""
    if not given:
        return None
    ended = parse_time(given)
    return ended if (at is None or ended >= at) and ended <= now else None


def _point(lon: str, lat: str) -> tuple[float | None, float | None]:
    """Degrees, or nothing for blanks and for the 0, 0 that stands for "unknown" in exports."""
    if not lon or not lat:
        return None, None
    try:
        x, y = float(lon), float(lat)
    except ValueError as error:
        raise Refused("coordinate_wrong", 422, field="location", given=f"{lon}, {lat}") from error
    return (None, None) if x == 0 and y == 0 else (x, y)
