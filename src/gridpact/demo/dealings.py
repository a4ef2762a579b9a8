"""What offices do with each other in the demo: send up, whistle, merge, split, supervise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

from gridpact.accounts.models import User
from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.demo.people import Cast
from gridpact.orders.choices import ContactWay, Kind, Klass, State
from gridpact.orders.models import Contact, Decision, Order, OrderLog
from gridpact.orders.services import (
    Part,
    contact_reporter,
    escalate_order,
    guide_order,
    merge_order,
    rate_assist,
    report_back,
    report_in,
    send_down_order,
    split_order,
    supervise_order,
    suspend_order,
    urge_order,
    whistle_order,
)
from gridpact.orgs.models import Org
from gridpact.orgs.selectors import actor_for

Act = Callable[[Order], object]
_NOTES = ("已电话说明办理安排。", "已上门见面，约好时间。", "已告知由哪个部门办理。")
_SERIOUS = (Klass.PUBLIC, Klass.HARD)


def build_dealings(cast: Cast, *, rng: Random) -> None:
    """Write it all by the verbs themselves, on orders of 致和 and its township."""
    _write_decisions()
    _write_contacts(rng)
    stage = Stage(cast)
    stage.send_up()
    stage.whistle()
    stage.tie()
    stage.supervise()


def _write_decisions() -> None:
    """The decision behind every triage of the year, as the verb would have kept it."""
    classes = {str(klass.label): klass.value for klass in Klass}
    before: dict[int, str] = {}
    rows = []
    for line in OrderLog.objects.filter(verb="triage").order_by("id"):
        label, _colon, reason = line.text.partition(": ")
        rows.append(
            Decision(
                order_id=line.order_id,
                at=line.at,
                klass=classes[label],
                before=before.get(line.order_id, ""),
                reason=reason,
                by_id=line.actor_id,
                post=line.post,
            )
        )
        before[line.order_id] = classes[label]
    Decision.objects.bulk_create(rows, batch_size=1000)


def _write_contacts(rng: Random) -> None:
    """Nearly everybody is contacted within a day of acceptance; a few calls come to nothing."""
    accepted = OrderLog.objects.filter(verb="accept", order__contact_due_at__isnull=False)
    reached: list[Order] = []
    rows = []
    for line in accepted.select_related("order").order_by("id"):
        at = line.at + timedelta(hours=rng.uniform(0.5, 20))
        if at > clock.now() or rng.random() < 0.04:
            continue
        way = rng.choice((ContactWay.PHONE, ContactWay.PHONE, ContactWay.VISIT))
        note = rng.choice(_NOTES)
        rows.append(
            Contact(order=line.order, at=at, by_id=line.actor_id, way=way, text=note, reached=True)
        )
        line.order.contacted_at = at
        reached.append(line.order)
    Contact.objects.bulk_create(rows, batch_size=1000)
    Order.objects.bulk_update(reached, ["contacted_at"], batch_size=1000)


class Stage:
    """The people of 致和 and the orders they take up, each order once."""

    def __init__(self, cast: Cast) -> None:
        self.zhihe, self.township, self.dept = (
            actor_for(User.objects.get(username=name)) for name in ("zhihe", "township", "dept")
        )
        self.area = actor_for(User.objects.get(username="area"))
        self.cast = cast
        self.used: set[int] = set()
        community = self.zhihe.grants[0].cell_id
        self.near = Order.objects.filter(community_id=community).order_by("id")
        town = self.township.grants[0].cell_id
        self.wide = Order.objects.filter(township_id=town).order_by("id")

    def take(self, state: str, *klasses: str, wide: bool = False) -> Order | None:
        """The next order in `state` that nobody here has taken up yet."""
        rows = (self.wide if wide else self.near).filter(state=state).exclude(pk__in=self.used)
        order = rows.filter(klass__in=klasses).first() if klasses else rows.first()
        if order is not None:
            self.used.add(order.pk)
        return order

    def play(self, order: Order | None, *acts: Act) -> None:
        """Make the acts one after another, spread from the order's last line to now."""
        if order is None:
            return
        for at, act in zip(_moments(order, len(acts)), acts, strict=True):
            with clock.frozen(at):
                act(order)

    def people_of(self, code: str) -> Actor:
        """Whoever answers for a department."""
        return actor_for(User.objects.get(pk=self.cast.handlers[code].user_id))

    def org(self, code: str) -> int:
        """The id of a department."""
        return Org.objects.values_list("pk", flat=True).get(code=code)

    def send_up(self) -> None:
        """Sent up, one sent back down; a hard matter parked, a private one guided in the grid."""
        why = "涉及多个部门，社区协调不动，请镇里统筹"

        def up(order: Order) -> None:
            escalate_order(order, actor=self.zhihe, reason=why)

        self.play(self.take(State.TRIAGED, *_SERIOUS), up)
        self.play(
            self.take(State.TRIAGED, *_SERIOUS),
            up,
            lambda order: send_down_order(
                order, actor=self.township, reason="属社区物业管理事项，请先召集物业协商"
            ),
        )
        self.play(
            self.take(State.HANDLING, Klass.HARD),
            lambda order: suspend_order(
                order, actor=self.zhihe, reason="需等老旧小区改造立项，暂不具备办理条件"
            ),
        )
        guide = next(g for g in self.area.grants if g.kind == "area_head")
        mine = self.near.filter(state=State.TRIAGED, klass=Klass.PRIVATE, grid_id=guide.cell_id)
        self.play(
            mine.first(),
            lambda order: guide_order(
                order, actor=self.area, guide=guide.appointment_id, note="先分头听双方意见"
            ),
        )

    def whistle(self) -> None:
        """Four whistles: just called, one is there, all but the lead back, and given stars."""
        lead, called = self.org("chengguan"), [self.org("zhujian"), self.org("jiaotong")]
        homes, roads = self.people_of("zhujian"), self.people_of("jiaotong")

        def call(order: Order) -> None:
            whistle_order(
                order, actor=self.township, lead=lead, assist=called, days=7,
                note="三日内到现场会商，拿出处置方案",
            )  # fmt: skip

        def stars(order: Order) -> None:
            calls = {each.org_id: each.pk for each in order.assists.all()}
            rate_assist(order, actor=self.township, assist=calls[called[0]], stars=5)
            rate_assist(
                order, actor=self.township, assist=calls[called[1]], stars=4, comment="到场稍晚"
            )

        def here(order: Order) -> None:
            report_in(order, actor=homes)

        def lead_here(order: Order) -> None:
            report_in(order, actor=self.dept)

        def back(order: Order) -> None:
            report_back(order, actor=homes, text="已派人现场勘查，出具处置意见")

        def roads_back(order: Order) -> None:
            report_back(order, actor=roads, text="涉及本部门的部分已处理完毕")

        for acts in (
            (call,),
            (call, here),
            (call, lead_here, here, back),
            (call, here, lead_here, back, roads_back, stars),
        ):
            order = self.take(State.ESCALATED, *_SERIOUS) or self.take(
                State.HANDLING, *_SERIOUS, wide=True
            )
            self.play(order, *acts)

    def tie(self) -> None:
        """Two reports of one matter become one; a big matter is split into three parts."""
        open_states = (State.ACCEPTED, State.TRIAGED, State.DISPATCHED, State.HANDLING)
        for twin in self.wide.filter(state=State.SUBMITTED, kind=Kind.NEED).exclude(
            pk__in=self.used
        ):
            same = self.wide.filter(title=twin.title, state__in=open_states)
            target = same.exclude(klass=Klass.PRIVATE).exclude(pk__in=self.used).first()
            if target is not None:
                self.used |= {twin.pk, target.pk}
                self._merge(twin, target)
                break
        parts = [
            Part("入户摸底", "请单元长逐户了解居民意见，登记造册"),
            Part("召集协商", "请社区召集居民代表、物业和有关单位协商，拿出办法"),
            Part("结果公示", "协商结果在楼栋公示，逐户告知"),
        ]
        big = self.take(State.HANDLING, Klass.HARD)
        if big is not None:  # today, so that the children get the next numbers of the day
            split_order(big, actor=self.zhihe, parts=parts)

    def _merge(self, twin: Order, target: Order) -> None:
        def merge(order: Order) -> None:
            why = "与在办工单为同一类问题，合并办理"
            merge_order(order, actor=self.township, into=target.number, reason=why)

        last = max(map(_last_line, (twin, target)))
        with clock.frozen(last + (clock.now() - last) / 2):
            merge(twin)

    def supervise(self) -> None:
        """A card of each colour, an urge before it, and one contact that came to nothing."""
        cards = (
            ("NORMAL", "居民多次来电，请加快办理", 5),
            ("YELLOW", "超过时限未反馈进展", 3),
            ("RED", "超期一半仍无方案，影响居民出行", 2),
        )
        for card, why, days in cards:
            self.play(
                self.take(State.HANDLING, Klass.PUBLIC, Klass.HARD, Klass.EASY),
                lambda order: urge_order(order, actor=self.zhihe, note="请说明目前进展"),
                lambda order, card=card, why=why, days=days: supervise_order(  # type: ignore[misc]
                    order, actor=self.township, card=card, reason=why, days=days,
                    instruction="限期反馈整改措施",
                ),
            )  # fmt: skip
        self.play(
            self.take(State.ACCEPTED),
            lambda order: contact_reporter(
                order, actor=self.zhihe, way="PHONE", reached=False, note="两次无人接听"
            ),
        )


def _last_line(order: Order) -> datetime:
    return order.log.order_by("-at").values_list("at", flat=True).first() or order.created_at


def _moments(order: Order, count: int) -> Iterator[datetime]:
    """`count` instants after the order's last line and before now, evenly spread."""
    start = max(_last_line(order), clock.now() - timedelta(days=3))
    for step in range(1, count + 1):
        yield start + (clock.now() - start) * step / (count + 1)
