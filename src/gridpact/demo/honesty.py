"""Questions about honest closing in the demo: some of each kind, a few answered and settled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import count, groupby
from pathlib import Path
from random import Random

from django.conf import settings
from django.db.models import Count, Max, OuterRef, Subquery

from gridpact.accounts.models import User
from gridpact.core import clock, crypto
from gridpact.demo.pictures import Scene, draw_scenes
from gridpact.grid.models import Cell
from gridpact.honesty.choices import CALLS_RUN, LATE_TIMES, MASS_ORDERS, Kind
from gridpact.honesty.measures import answer_print
from gridpact.honesty.models import Finish, Question, Reader, Threshold
from gridpact.honesty.prints import distance, print_of
from gridpact.honesty.selectors import thresholds
from gridpact.honesty.services import answer_question, settle_question
from gridpact.honesty.services.asking import look_at
from gridpact.honesty.services.finishes import ask_for_last_minutes, spare_minutes
from gridpact.orders.choices import PhotoRole, State, Step
from gridpact.orders.models import Order, OrderLog, OrderStep, Photo
from gridpact.orders.services import finish_order, keep_upload, sign_order, start_order
from gridpact.orgs.choices import MemberRole, OrgKind
from gridpact.orgs.models import OrgMember
from gridpact.orgs.selectors import actor_for

HOME = "450312100012"  # 致和
SPARED = "chengguan"  # the department whose account visitors use keeps its work
MOST_MASS, LEAST_MASS, CALLS = 8, 5, 16
LATE = 5
VISITORS = ("zhihe", "area", "worker", "building", "unit")  # accounts that visitors sign in with
_FAR = 12  # bits in which pictures of different orders differ at least
_SOON = timedelta(minutes=2)
# kind, which one of it → answer of whoever is asked, word, reason ("" = not yet)
_SAID = (
    (Kind.PROOF, 0, "照片传错了，现场照片已补给社区。", "fine", "社区已到现场看过，确已修好。"),
    (Kind.PHOTO, 0, "两件是同一段路，一次施工一起修的。", "fine", "地点相邻，同一次施工，属实。"),
    (Kind.PHOTO, 1, "拍的照片不清楚，就用了上次的。", "not_fine", "请补拍现场照片，并回访居民。"),
    (Kind.SPEED, 0, "接单前已经办好，系统里是补录。", "fine", "巡查记录可以对上，属实。"),
    (Kind.MASS, 0, "白天分头办的，下班前集中填写。", "", ""),
    (Kind.LATE, 0, "都是按期办完的，最后一天才集中写答复。", "", ""),
    (Kind.COPIED, 0, "同一项工程，答复内容一致。", "fine", "属同一项工程，答复一致合理。"),
)


def build_honesty(seed: int) -> None:
    """Let some orders give reason to ask, ask by the verbs themselves, answer and settle some."""
    Threshold.objects.create(key=MASS_ORDERS, number=LEAST_MASS)
    Threshold.objects.create(key=CALLS_RUN, number=CALLS)
    Threshold.objects.create(key=LATE_TIMES, number=LATE)
    _note_finishes()
    stage = _Stage(seed)
    stage.proof()
    stage.photos()
    stage.phones()
    stage.copied()
    stage.speed()
    stage.mass()
    stage.late()
    _calls()
    _talk()
    last = OrderLog.objects.aggregate(last=Max("pk"))["last"] or 0
    Reader.objects.update_or_create(pk=1, defaults={"upto": last})


def _note_finishes() -> None:
    """The facts of every finish of the year, as the worker would have kept them."""
    step = OrderStep.objects.filter(
        order=OuterRef("order"), step=Step.HANDLE, started_at__lte=OuterRef("at")
    )
    lines = OrderLog.objects.filter(verb="finish").annotate(
        since=Subquery(step.order_by("-id").values("started_at")[:1]),
        due=Subquery(step.order_by("-id").values("due_at")[:1]),
    )
    Finish.objects.bulk_create(
        [
            Finish(
                line=line.pk, order_id=line.order_id, by_id=line.actor_id, at=line.at,
                minutes=int((line.at - line.since).total_seconds() // 60) if line.since else None,
                spare=spare_minutes(line.at, line.due) if line.due else None,
                category_id=line.order.category_id, answer_print=answer_print(line.told),
            )
            for line in lines.select_related("order").order_by("pk")
        ],
        batch_size=1000,
    )  # fmt: skip


def _pictures(seed: int) -> Iterator[Scene]:
    """Scenes that no print takes for one another."""
    kept: list[int] = []
    for turn in count():
        for scene in draw_scenes(Random(f"{seed} {turn}"), after=True):
            whole = print_of(scene.thumb)
            if whole is not None and all(distance(whole, other) >= _FAR for other in kept):
                kept.append(whole)
                yield scene


def _look(lines: Iterable[OrderLog]) -> None:
    """The worker looks two minutes later, at one line after the other."""
    for line in lines:
        with clock.frozen(line.at + _SOON):
            look_at([line])


def _name(order: Order) -> str:
    """The account of whoever finished it."""
    return order.finished_by.username if order.finished_by is not None else ""


def _last(order: Order, verb: str) -> OrderLog:
    return order.log.filter(verb=verb).latest("pk")


class _Stage:
    """Orders of 致和 that were closed lately, each used once, with pictures of their own."""

    def __init__(self, seed: int) -> None:
        self.pictures = _pictures(seed)
        home = Cell.objects.only("pk").get(code=HOME)
        closed = Order.objects.filter(
            community_id=home.pk, state=State.CLOSED, finished_by__isnull=False,
            lon__isnull=False, photos__role=PhotoRole.AFTER, redone=0,
        )  # fmt: skip
        self.orders = list(closed.order_by("-created_at", "-id").distinct()[:40])

    def _take(self, *, rated: bool = False, by: Collection[str] = ()) -> Order:
        """The next order; of these people if there is one left."""
        ready = [
            order
            for order in self.orders
            if not rated or order.ratings.filter(by_call_back=False, solved=True).exists()
        ]
        theirs = [order for order in ready if _name(order) in by]
        order = next(iter(theirs or ready), None)
        if order is None:
            raise LookupError("the demo has too few closed orders")
        self.orders.remove(order)
        return order

    def _paint(self, order: Order, scene: Scene) -> Photo:
        """Another picture in the place of the order's proof."""
        photo = order.photos.filter(role=PhotoRole.AFTER).latest("uploaded_at")
        root = Path(settings.MEDIA_ROOT)
        (root / str(photo.file.name)).write_bytes(scene.data)
        (root / str(photo.thumb.name)).write_bytes(scene.thumb)
        photo.sha256, photo.size = scene.sha256, len(scene.data)
        photo.save(update_fields=["sha256", "size"])
        return photo

    def proof(self) -> None:
        """A photo from before the order, and one from two kilometres away, for a visitor."""
        away, older = self._take(by=VISITORS), self._take()
        photo = self._paint(older, next(self.pictures))
        photo.taken_at = older.created_at - timedelta(days=3, hours=2)
        photo.save(update_fields=["taken_at"])
        photo = self._paint(away, next(self.pictures))
        photo.lon, photo.lat = (away.lon or 0) + 0.014, (away.lat or 0) + 0.012
        photo.save(update_fields=["lon", "lat"])
        _look(_last(order, "finish") for order in (older, away))

    def photos(self) -> None:
        """Twice one picture stands under two orders."""
        for _ in range(2):
            scene = next(self.pictures)
            pair = [self._take(), self._take()]
            for order in pair:
                self._paint(order, scene)
            lines = sorted((_last(order, "finish") for order in pair), key=lambda line: line.pk)
            _look(lines)

    def phones(self) -> None:
        """Two ratings came from phones of people who work here."""
        for username, phone in (("worker", "13800009101"), ("zhihe", "13800009102")):
            user = User.objects.get(username=username)
            user.set_phone(phone)
            user.save(update_fields=["phone_sealed", "phone_digest"])
            order = self._take(rated=True)
            order.reporter_phone_sealed = user.phone_sealed
            order.reporter_phone_digest = crypto.digest("phone", phone)
            order.save(update_fields=["reporter_phone_sealed", "reporter_phone_digest"])
            _look([_last(order, "rate")])

    def copied(self) -> None:
        """The two answers that one person gave most often."""
        most = Finish.objects.values("by", "answer_print").annotate(
            times=Count("order", distinct=True), last=Max("line")
        )
        for row in most.order_by("-times", "last")[:2]:
            line = OrderLog.objects.get(pk=row["last"])
            self._paint(line.order, next(self.pictures))
            Finish.objects.filter(pk=line.pk).delete()
            _look([line])

    def speed(self) -> None:
        """Two orders were signed for, handled and finished within four minutes."""
        posts = Order.objects.filter(state=State.DISPATCHED, handler_post__isnull=False)
        for order in _before(posts.exclude(handler_post__user__username="worker"), _ago(60))[:2]:
            assert order.handler_post is not None
            _look(self._finish([order], order.handler_post.user, _ago(60), timedelta(minutes=4)))

    def late(self) -> None:
        """Two people finished some of their orders a few minutes before the limit."""
        rows = Finish.objects.filter(at__gte=_ago(20 * 24 * 60), by__isnull=False)
        # Who finished an order twice finished one order: no two of the five may be the same.
        once = Finish.objects.values("order").annotate(times=Count("pk")).filter(times=1)
        rows = rows.exclude(by__username__in=VISITORS).filter(order__in=once.values("order"))
        most = rows.values("by").annotate(times=Count("order", distinct=True))
        for row in most.order_by("-times", "by")[:2]:
            mine = list(rows.filter(by=row["by"]).order_by("line")[:LATE])
            for place, made in enumerate(mine):
                spare = 4 + 3 * place
                handled = made.order.steps.filter(step=Step.HANDLE, started_at__lte=made.at)
                step = handled.latest("pk")
                step.due_at = made.at + timedelta(minutes=spare)
                step.save(update_fields=["due_at"])
                Finish.objects.filter(pk=made.pk).update(spare=spare)
            last = Finish.objects.get(pk=mine[-1].pk)
            with clock.frozen(last.at + _SOON):
                ask_for_last_minutes(last.order, last, thresholds())

    def mass(self) -> None:
        """Two offices finish what they have within a few minutes."""
        states = (State.DISPATCHED, State.CLAIMED, State.HANDLING)
        rows = Order.objects.filter(state__in=states, handler_org__kind=OrgKind.DEPARTMENT)
        ready: dict[str, list[Order]] = {}
        for order in _before(rows.select_related("handler_org"), _ago(50)):
            assert order.handler_org is not None
            ready.setdefault(order.handler_org.code, []).append(order)
        ready.pop(SPARED, None)
        for code in sorted(ready, key=lambda code: (-len(ready[code]), code))[:2]:
            orders = ready[code][:MOST_MASS]
            member = OrgMember.objects.filter(org__code=code, role=MemberRole.HANDLER).first()
            if member is not None and len(orders) >= LEAST_MASS:
                lines = self._finish(orders, member.user, _ago(50), timedelta(minutes=35))
                with clock.frozen(lines[-1].at + _SOON):
                    look_at(lines)

    def _finish(
        self, orders: list[Order], user: User, at: datetime, wait: timedelta
    ) -> list[OrderLog]:
        """Signed for and started at `at`, finished one after another from `wait` later on."""
        who, lines = actor_for(user), []
        for place, order in enumerate(orders):
            with clock.frozen(at):
                if order.state == State.DISPATCHED:
                    sign_order(order, actor=who)
                if order.state != State.HANDLING:
                    start_order(order, actor=who)
            with clock.frozen(at + wait + timedelta(seconds=50 * place)):
                shown = keep_upload(next(self.pictures).data, "after.jpg", actor=who)
                answer = "已按要求处理完毕，感谢您的反映。"
                finish_order(order, actor=who, answer=answer, proof=[shown.pk])
            lines.append(_last(order, "finish"))
        return lines


def _before(rows: Iterable[Order], moment: datetime) -> list[Order]:
    """Orders whose last line is older, by number."""
    found = [order for order in rows if order.log.latest("pk").at < moment]
    return sorted(found, key=lambda order: order.number)


def _ago(minutes: int) -> datetime:
    return clock.now() - timedelta(minutes=minutes)


def _calls() -> None:
    """All call-backs of the year, looked at week by week."""
    rows = OrderLog.objects.filter(verb="rate", actor_id__isnull=False).order_by("pk")
    for _week, group in groupby(rows, key=lambda line: line.at.isocalendar()[:2]):
        lines = list(group)
        with clock.frozen(max(line.at for line in lines) + _SOON):
            look_at(lines)


def _talk() -> None:
    """Some of those who were asked answer, and the district's desk settles some."""
    desk = actor_for(User.objects.get(username="district"))
    for kind, place, said, verdict, reason in _SAID:
        rows = Question.objects.with_parts().filter(kind=kind).order_by("id")
        question = rows[place : place + 1].first()
        if question is None or question.asked is None:
            continue
        span = clock.now() - question.asked_at
        with clock.frozen(question.asked_at + min(span / 3, timedelta(hours=20))):
            answered = answer_question(question, actor=actor_for(question.asked), text=said)
        if verdict:
            with clock.frozen(question.asked_at + min(span / 2, timedelta(hours=44))):
                settle_question(answered, actor=desk, verdict=verdict, reason=reason)
