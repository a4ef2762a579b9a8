"""The demo's responsibility matrix, and some days of tasks: done, open, overdue and climbed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from django.db.models import F

from gridpact.audit import services as audit
from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.core.access import Actor, system
from gridpact.duties.choices import TaskState
from gridpact.duties.models import Task, WorkItem
from gridpact.duties.services import climb_overdue, fill_matrix, generate_tasks
from gridpact.grid.choices import Level
from gridpact.grid.models import Cell
from gridpact.grid.selectors import calendar

DAYS = 5  # working days before today that have tasks
DONE_IN_TIME, DONE_EARLY, DONE_AFTER_CLIMB = 0.96, 0.55, 0.6
BUSY = "worker"  # the demo account that shall see something overdue
NOTES = {
    "PATROL": ("全片走了一遍，消防通道畅通，未见异常。", "提醒三辆电动车挪离楼道，已挪走。"),
    "ENVIRONMENT": ("清了两处楼道堆物，住户配合。", "小广告已铲除，垃圾点当天清运。"),
    "SAFETY": ("灭火器在有效期内，飞线充电已劝拆。", "查了五家小门店，两处隐患已列清单。"),
    "DISPUTES": ("上门听了两家说法，漏水责任谈妥。", "本周没有新的纠纷，回访一户。"),
    "CARE": ("老人精神不错，血压药够吃到月底。", "孩子在家写作业，外婆照看，一切平安。"),
    "SERVICE": ("帮王奶奶办了社保认证。", "名单核对完，两户补报材料。"),
    "PARTY": ("主题党日到会二十一人，签到照片已存。", "党员户挂牌已核对更新。"),
    "EMERGENCY": ("低洼处排水通畅，联络人电话都打得通。", "和卫生站一起做了宣传，没有异常。"),
    "DATA": ("新登记两户租客，一户搬离。", "空置房核对一遍，没有变化。"),
    "PUBLICITY": ("公示栏已更新，群里发了反诈提醒。", "收到两条建议，已转工单。"),
}


def build_duties(seed: int) -> None:
    """Assign every work item in every cell of its level, then live through the last days."""
    rng, actor = Random(seed), system("demo")
    today = clock.today()
    root = Cell.objects.get(parent__isnull=True)
    with clock.frozen(_at(date(today.year - 1, 9, 1), 9)):
        for level in (Level.GRID, Level.COMMUNITY):
            items = WorkItem.objects.filter(levels__contains=[level], is_active=True)
            fill_matrix(root, level=level, items=list(items), actor=actor)
    days = _days(today)
    for day, following in zip(days, [*days[1:], today], strict=True):
        with clock.frozen(_at(day, 7)):
            climb_overdue(day, actor=actor)
            generate_tasks(day, actor=actor)
        _live(day, following, rng, busy=BUSY if following == today else "")
    with clock.frozen(_at(today, 7)):  # what was missed yesterday climbs with the worker's round
        generate_tasks(today, actor=actor)


def _days(today: date) -> list[date]:
    """The last working days before today, the earliest first."""
    days: list[date] = []
    day = today
    while len(days) < DAYS:
        day -= timedelta(days=1)
        if calendar().get(day, day.weekday() < 5):
            days.append(day)
    return days[::-1]


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), clock.LOCAL)


def _live(day: date, following: date, rng: Random, *, busy: str) -> None:
    """People end most of what is due before the `following` working day, and some of the rest.

    `busy` names an account that ends nothing.
    """
    ended: dict[str, list[int]] = {}
    who: dict[int, tuple[int, str, str]] = {}
    open_rows = Task.objects.open().filter(user__isnull=False).exclude(user__username=busy)
    rows = open_rows.order_by("pk").values_list(
        "pk", "level", "due_on", "item__category", "user_id", "user__name", "post__cell__name",
        "post__kind__name",
    )  # fmt: skip
    for pk, level, due_on, category, user_id, name, place, kind in rows:
        chance = DONE_EARLY / DAYS
        if level:
            chance = DONE_AFTER_CLIMB
        elif due_on < following:
            chance = DONE_IN_TIME
        if rng.random() < chance:
            ended.setdefault(rng.choice(NOTES[category]), []).append(pk)
            who[pk] = (user_id, name, f"{place} {kind}")
    log: list[AuditRow] = []
    for note, keys in sorted(ended.items()):
        at = _at(day, rng.randint(9, 17), rng.randint(0, 59))
        done = Task.objects.filter(pk__in=keys)
        done.update(state=TaskState.DONE, ended_at=at, ended_by=F("user"), note=note)
        log += [_line(task, at, who[task.pk]) for task in done.only("pk", "title").order_by("pk")]
    AuditRow.objects.bulk_create(sorted(log, key=lambda row: row.at), batch_size=2000)


def _line(task: Task, at: datetime, who: tuple[int, str, str]) -> AuditRow:
    """The audit row that ending the task leaves."""
    user_id, name, post = who
    with clock.frozen(at):
        row = audit.draft(Actor(kind="user", user_id=user_id, name=name), "duties.finish_task",
                          task, before=TaskState.OPEN, after=TaskState.DONE)  # fmt: skip
    row.post = post[:80]
    return row
