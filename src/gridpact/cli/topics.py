"""`gridpact orders hot`: what the messages of any file are mostly about, and where."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gridpact.cli.output import note, show
from gridpact.cli.tables import read_table, require_columns
from gridpact.topics.clusters import Said, Topic, find_topics

_FORMS = (
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y.%m.%d %H:%M:%S", "%Y.%m.%d",
    "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日", "%Y%m%d %H:%M:%S", "%Y%m%d",
)  # fmt: skip
_REASONS_SHOWN = 5
# Columns that are used unasked where a file has them under one of these names.
_TITLES = ("title", "subject", "标题", "主题", "留言主题")
_USERS = ("user", "user_id", "用户", "留言用户", "用户编号")
_REACTIONS = ("likes", "dislikes", "votes", "点赞数", "反对数")


def hot(args: Namespace) -> None:
    """Print the topics, hottest first, with the ids (or row numbers) of their messages."""
    header, rows = read_table(args.file)
    _choose(args, header)
    columns = _columns(args)
    require_columns(args.file, header, columns)
    said, ids, flaws = [], [], []
    for number, whole in enumerate(rows, 1):
        row = {name: (whole[name] or "").strip() for name in columns}
        at = _time(row[args.time])
        if at is None:
            flaws.append(_("row %(n)s: “%(given)s” is no time") % {
                "n": number, "given": row[args.time][:30]
            })  # fmt: skip
            continue
        said.append(_said(args, row, number, at))
        ids.append(row[args.id] if args.id else number)
    for flaw in flaws[:_REASONS_SHOWN]:
        note(flaw)
    if flaws:
        note(_("%(n)s rows were left out.") % {"n": len(flaws)})
    topics = find_topics(said)[: args.top]
    value = [_value(topic, ids) for topic in topics]
    if not topics:
        note(_("No topic was found in %(n)s messages.") % {"n": len(said)})
    show(args, value, (_line(at, topic) for at, topic in enumerate(topics, 1)))


def _said(args: Namespace, row: dict[str, str], number: int, at: datetime) -> Said:
    reactions = sum(_number(row[name]) for name in args.reactions)
    return Said(
        text="\n".join(row[name] for name in args.text),
        at=at,
        who=row[args.user] if args.user else "",
        title=row[args.title] if args.title else "",
        reactions=reactions,
    )


def _value(topic: Topic, ids: list[Any]) -> dict[str, Any]:
    return {
        "name": topic.name,
        "heat": topic.heat,
        "size": len(topic.members),
        "people": topic.people,
        "reactions": topic.reactions,
        "place": topic.place,
        "words": topic.words,
        "first": topic.first.isoformat(sep=" "),
        "last": topic.last.isoformat(sep=" "),
        "ids": [ids[each] for each in topic.members],
    }


def _line(at: int, topic: Topic) -> str:
    return (
        f"{at:3}  {topic.heat:8.1f}  {len(topic.members):4}  "
        f"{topic.first:%Y-%m-%d} – {topic.last:%Y-%m-%d}  {topic.name}"
    )


def _choose(args: Namespace, header: list[str]) -> None:
    """Title, people and reactions that were not named, where the header has them."""
    args.title = args.title or next((name for name in header if name in _TITLES), None)
    args.text = [name for name in args.text if name != args.title] or args.text
    free = [name for name in header if name not in args.text]
    args.user = args.user or next((name for name in free if name in _USERS), None)
    args.reactions = args.reactions or [name for name in free if name in _REACTIONS]


def _columns(args: Namespace) -> list[str]:
    named = [args.time, args.id, args.title, args.user, *args.text, *args.reactions]
    return [name for name in named if name]


def _time(text: str) -> datetime | None:
    """A local time in any usual form; None when it is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        pass
    else:
        return at.astimezone().replace(tzinfo=None) if at.tzinfo else at
    for form in _FORMS:
        try:
            return datetime.strptime(text.replace("-", "/"), form)  # noqa: DTZ007 - times of a file have no zone
        except ValueError:
            continue
    return None


def _number(text: str) -> int:
    try:
        return max(int(float(text)), 0)
    except (ValueError, OverflowError):
        return 0
