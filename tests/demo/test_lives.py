"""The demo's rows are those the verbs write: the same life is led twice and compared."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import models

from gridpact.clocks.book import book
from gridpact.core import clock
from gridpact.core.access import PUBLIC, Actor
from gridpact.demo.lives import RESIDENT, Life
from gridpact.demo.people import Person
from gridpact.demo.pictures import Scene, draw_scenes, scene_photo
from gridpact.grid.selectors import Place
from gridpact.grid.tree import tree
from gridpact.orders.models import Category, Order
from gridpact.orders.services import (
    Contact,
    Intake,
    accept_order,
    claim_order,
    close_order,
    dispatch_order,
    finish_order,
    note_order,
    offer_order,
    open_order,
    rate_order,
    reject_order,
    return_order,
    sign_order,
    start_order,
    triage_order,
    verify_fail_order,
    verify_pass_order,
    withdraw_order,
)
from gridpact.orders.services.desk.triage import Target
from gridpact.orders.services.intake import build_order
from tests.factories.world import UNIT, World

INTAKE = Intake(
    text="楼道灯坏了三天", title="楼道灯", cell=UNIT, contact=Contact("陈小明", "13800001234")
)
_KEYS = {"id", "order_id", "number"}
_ORDER = _KEYS | {"reporter_name_sealed", "reporter_phone_sealed"}


class Twins:
    """One real order and one demo life, moved in step."""

    def __init__(self, world: World, scene: Scene) -> None:
        # Not before today: the cells of the small district exist from the day it was built.
        self.at = datetime.combine(clock.today(), time(9), clock.LOCAL)
        self.world, self.scene = world, scene
        with clock.frozen(self.at):
            self.real = open_order(INTAKE, actor=PUBLIC)
        place = Place(tree().by_code[UNIT], "chosen")
        order, step = build_order(INTAKE, place, "", self.at, actor=PUBLIC, pages=book())
        desk = world.cells["450312100012"]
        self.life = Life(order, book(), tree().names(desk.pk), desk.name, "临桂镇", steps=[step])
        self.life.submit(RESIDENT)

    def person(self, name: str) -> Person:
        actor, user = self.world.actor(name), self.world.users[name]
        if actor.grants:
            return Person(user.pk, user.name, actor.post_label, self.world.post(name))
        org = self.world.orgs[{"dept": "chengguan", "unit_liaison": "school"}[name]]
        return Person(user.pk, user.name, actor.post_label, org=org)

    def step(
        self, name: str, real: Callable[..., Order], copy: Callable[..., None], **given: Any
    ) -> None:
        """An hour later, `name` makes a move in both worlds."""
        self.at += timedelta(hours=1)
        resident = name == "resident"
        actor = self.world.reporter(self.real) if resident else self.world.actor(name)
        if resident:
            actor = Actor(own_rights=actor.own_rights)
        with clock.frozen(self.at):
            real(self.real, actor=actor, **given)
        copy(self.at, RESIDENT if resident else self.person(name))

    def proof(self, name: str) -> list[uuid.UUID]:
        user = self.world.users[name].pk
        photo = scene_photo(self.scene, uuid.uuid4(), self.at, user, "AFTER")
        photo.save()
        return [photo.pk]

    def compare(self) -> None:
        """Every column of every row is the same, but for keys and sealed texts."""
        real = Order.objects.get(pk=self.real.pk)
        assert columns(self.life.order, _ORDER) == columns(real, _ORDER)
        for mine, theirs in (
            (self.life.log, real.log),
            (self.life.steps, real.steps),
            (self.life.claims, real.claims),
            (self.life.ratings, real.ratings),
        ):
            assert [columns(row) for row in mine] == [columns(row) for row in theirs.order_by("id")]
        assert len(self.life.photos) == real.photos.count()

    # The moves, each in both worlds.
    def accept(self) -> None:
        self.step("zhihe", accept_order, lambda at, by: self.life.move("accept", at, by))

    def triage(self, klass: str) -> None:
        category = Category.objects.get(code="A0302")
        self.step(
            "zhihe",
            triage_order,
            lambda at, by: self.life.triage(at, by, klass, "看过了", category),
            klass=klass, reason="看过了", category=category,
        )  # fmt: skip

    def offer(self, slots: int = 1) -> None:
        self.step(
            "zhihe", offer_order, lambda at, by: self.life.offer(at, by, slots, "水电"),
            slots=slots, skill="水电",
        )  # fmt: skip

    def claim(self, name: str, *, for_org: bool) -> None:
        self.step(name, claim_order, lambda at, by: self.life.claim(at, by, for_org=for_org))

    def dispatch(self, name: str) -> None:
        to = self.person(name)
        target = Target(org=to.org.pk) if to.org else Target(post=self.world.post(name).pk)
        self.step("zhihe", dispatch_order, lambda at, by: self.life.dispatch(at, by, to), to=target)

    def give_back(self, name: str) -> None:
        self.step(
            name,
            return_order,
            lambda at, _by: self.life.give_back(at, "不归我管"),
            reason="不归我管",
        )

    def simple(self, name: str, verb: str, real: Callable[..., Order]) -> None:
        self.step(name, real, lambda at, by: self.life.move(verb, at, by))

    def finish(self, name: str) -> None:
        self.step(
            name, finish_order,
            lambda at, by: self.life.finish(at, by, "修好了", self.scene, Random(1)),
            answer="修好了", proof=self.proof(name),
        )  # fmt: skip

    def rate(self, word: str) -> None:
        self.step(
            "resident", rate_order, lambda at, by: self.life.rate(at, by, word, "好"),
            solved=word != "unsatisfied", satisfaction=word, comment="好",
        )  # fmt: skip


def columns(row: models.Model, without: set[str] = _KEYS) -> dict[str, Any]:
    names = [each.attname for each in row._meta.concrete_fields if each.attname not in without]
    return {name: getattr(row, name) for name in names}


@pytest.fixture
def twins(world: World, settings: Any, tmp_path: Path) -> Twins:
    settings.MEDIA_ROOT = tmp_path
    return Twins(world, draw_scenes(Random(3), after=True)[0])


def test_a_dispatched_order_is_finished_verified_and_rated(twins: Twins) -> None:
    twins.accept()
    twins.triage("PRIVATE")
    twins.dispatch("area")
    twins.simple("area", "sign", sign_order)
    twins.simple("area", "start", start_order)
    twins.step(
        "area", note_order, lambda at, by: twins.life.move("note", at, by, "约好了", told="约好了"),
        note="约好了",
    )  # fmt: skip
    twins.finish("area")
    twins.step("zhihe", verify_pass_order, twins.life.verify_pass)
    twins.rate("satisfied")
    twins.compare()


def test_a_claimed_order_fails_verification_and_is_done_again_after_an_unhappy_word(
    twins: Twins,
) -> None:
    twins.accept()
    twins.triage("EASY")
    twins.offer()
    twins.claim("unit_liaison", for_org=True)
    twins.simple("unit_liaison", "start", start_order)
    twins.finish("unit_liaison")
    twins.step(
        "zhihe", verify_fail_order, lambda at, by: twins.life.verify_fail(at, by, "还差一处"),
        reason="还差一处",
    )  # fmt: skip
    twins.finish("unit_liaison")
    twins.step("zhihe", verify_pass_order, twins.life.verify_pass)
    twins.rate("unsatisfied")
    twins.compare()
    assert twins.life.order.state == "HANDLING"
    twins.finish("unit_liaison")
    twins.step("zhihe", verify_pass_order, twins.life.verify_pass)
    twins.rate("basically")
    twins.compare()


def test_an_offer_with_two_places_stays_open_after_the_first_claim(twins: Twins) -> None:
    twins.accept()
    twins.triage("EASY")
    twins.offer(slots=2)
    twins.claim("worker", for_org=False)
    twins.compare()
    assert twins.life.order.state == "OFFERED"


def test_the_second_return_goes_up(twins: Twins) -> None:
    twins.accept()
    twins.triage("HARD")
    twins.dispatch("dept")
    twins.give_back("dept")
    twins.dispatch("area")
    twins.give_back("area")
    twins.compare()
    assert twins.life.order.state == "ESCALATED"


def test_orders_end_by_rejection_withdrawal_or_the_desk(world: World, twins: Twins) -> None:
    other = Twins(world, twins.scene)
    twins.step(
        "zhihe",
        reject_order,
        lambda at, by: twins.life.end("reject", at, by, "重复"),
        reason="重复",
    )
    twins.compare()
    other.accept()
    other.step("resident", withdraw_order, lambda at, by: other.life.end("withdraw", at, by))
    other.compare()
    third = Twins(world, twins.scene)
    third.accept()
    third.triage("PUBLIC")
    third.dispatch("dept")
    third.simple("dept", "sign", sign_order)
    third.simple("dept", "start", start_order)
    third.finish("dept")
    third.step("zhihe", verify_pass_order, third.life.verify_pass)
    third.step("zhihe", close_order, lambda at, by: third.life.end("close", at, by))
    third.compare()
