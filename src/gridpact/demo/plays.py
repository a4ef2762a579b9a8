"""One demo order on stage: which people make its moves, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from gridpact.demo.lives import RESIDENT, Life
from gridpact.demo.people import Cast, Person
from gridpact.demo.pictures import Scene
from gridpact.demo.programme import DEPT, MEMBER, UNIT, Sort
from gridpact.grid.models import Cell
from gridpact.orders.choices import Kind, Klass
from gridpact.orders.models import Category

_WHY = {
    Klass.EASY: "社区共建力量可以解决",
    Klass.PRIVATE: "涉及个人和邻里，由网格党支部引导",
    Klass.PUBLIC: "涉及公共设施和部门职责",
    Klass.HARD: "历史遗留、多方意见不一，需部门会商",
}
_NOTES = (
    "已联系当事人，约好上门时间。", "已到现场查看，正在准备材料。", "施工人员已进场。",
    "已和相关各方碰头，正在商量办法。", "物资已备好，明天送到。",
)  # fmt: skip
_COMMENTS = ("", "", "办得快，谢谢！", "态度很好。", "没想到这么快。", "解决了大问题。", "还可以。")
_REJECTIONS = ("内容与已受理的工单重复", "不属于本辖区，已告知向所在地反映", "描述不清且无法联系")
_RETURNS = ("不属于本岗位职责，请改派", "现场核实权属另有单位")


@dataclass(frozen=True, slots=True)
class Matter:
    """What an order can be about; `{place}` in the text is the building."""

    category: Category
    org: str
    title: str
    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an order comes from."""

    community: Cell
    grid: Cell
    unit: Cell
    label: str


class Play:
    """One order and the people who move it."""

    def __init__(
        self,
        cast: Cast,
        life: Life,
        sort: Sort,
        *,
        spot: Spot,
        matter: Matter,
        scene: Scene,
        verbs: list[str],
        rng: Random,
    ) -> None:
        self.rng, self.life, self.sort, self.matter = rng, life, sort, matter
        self.scene, self.cast = scene, cast
        holders = cast.holders
        self.head = holders["general_head", spot.community.pk]
        self.desk = holders["community_desk", spot.community.pk]
        upper = life.order.township_id or 0
        self.town = holders["township_desk", upper]
        self.handler = self._handler(spot)
        self.receivers = self._receivers(spot, verbs.count("dispatch"), verbs.count("return"))

    def _handler(self, spot: Spot) -> Person:
        """Who will have it: a unit or member near by, a post of the grid, or a department."""
        holders = self.cast.holders
        if self.sort.means == UNIT:
            return self._near(self.cast.liaisons, spot)
        if self.sort.means == MEMBER:
            return self._near(self.cast.members, spot)
        if self.sort.means == DEPT:
            return self.cast.handlers[self.matter.org]
        if self.life.order.kind == Kind.SUGGESTION:
            return holders["liaison_cadre", spot.grid.pk]
        post = "area_head" if self.sort.klass == Klass.PRIVATE else "grid_worker"
        return holders[post, spot.grid.pk]

    def _near(self, people: list[Person], spot: Spot) -> Person:
        near = [p for p in people if p.org is not None and p.org.cell_id == spot.community.pk]
        return self.rng.choice(near if near and self.rng.random() < 0.8 else people)

    def perform(self, verb: str, at: datetime, *, last: bool) -> None:
        """Make one move."""
        life, office = self.life, self.desk if self.rng.random() < 0.6 else self.head
        if verb == "accept":
            life.move("accept", at, office)
        elif verb == "triage":
            why = _WHY[self.sort.klass]
            life.triage(at, office, self.sort.klass, why, self.matter.category)
        elif verb == "offer":
            self._offer(at, office, last=last)
        elif verb == "dispatch":
            self._dispatch(at, office)
        elif verb == "claim":
            life.claim(at, self.handler, for_org=self.sort.means == UNIT)
        else:
            self._later(verb, at, last=last)

    def _later(self, verb: str, at: datetime, *, last: bool) -> None:
        life = self.life
        if verb in {"sign", "start"}:
            life.move(verb, at, self.handler)
        elif verb == "return":
            life.give_back(at, self.rng.choice(_RETURNS))
        elif verb == "note":
            note = self.rng.choice(_NOTES)
            life.move("note", at, self.handler, note, told=note)
        elif verb == "finish":
            life.finish(at, self.handler, self.matter.answer, self.scene, self.rng)
        elif verb == "verify_pass":
            life.verify_pass(at, self.head)
        elif verb == "verify_fail":
            life.verify_fail(at, self.head, "现场复核还有一处没有处理完，请补办")
        elif verb == "rate":
            self._rate(at, last=last)
        else:
            by = RESIDENT if verb == "withdraw" else self.desk
            why = self.rng.choice(_REJECTIONS) if verb == "reject" else ""
            life.end(verb, at, by, why)

    def _offer(self, at: datetime, office: Person, *, last: bool) -> None:
        slots = self.rng.choice((1, 1, 2, 3, 5)) if last else 1
        self.life.offer(at, office, slots, self.rng.choice(("", "", "水电维修", "陪护", "搬运")))

    def _dispatch(self, at: datetime, office: Person) -> None:
        by = self.town if self.sort.means == DEPT else office
        self.life.dispatch(at, by, self.receivers.pop(0))

    def _receivers(self, spot: Spot, dispatches: int, returns: int) -> list[Person]:
        """To whom it goes each time: whoever returns it is not the one who does it."""
        if self.sort.means == DEPT:
            others = [p for p in self.cast.handlers.values() if p is not self.handler]
        else:
            others = [self.cast.holders["officer", spot.community.pk]]
        wrong = self.rng.sample(others, min(returns, len(others)))
        return [*wrong, *[self.handler] * (dispatches - len(wrong))]

    def _rate(self, at: datetime, *, last: bool) -> None:
        if not last:
            self.life.rate(at, RESIDENT, "unsatisfied", "还没有彻底解决")
            return
        dice = self.rng.random()
        word = "satisfied" if dice < 0.9 else "basically"
        by = self.desk if self.rng.random() < 0.3 else RESIDENT
        self.life.rate(at, by, word, self.rng.choice(_COMMENTS))
