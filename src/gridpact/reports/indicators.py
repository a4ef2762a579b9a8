"""Every figure of the platform, declared once: what it counts, of what, and by which formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gridpact.duties.choices import Role
from gridpact.duties.models import Assignment, Duty, WorkItem
from gridpact.grid.choices import Level
from gridpact.grid.models import Appointment, Cell
from gridpact.orders.choices import ENDED, OPEN, SOLVED, Kind, Klass, Satisfaction, State, Step
from gridpact.orders.models import Category, Claim, Order, OrderLog, OrderStep, Rating
from gridpact.reports.frames import Frame

BASICALLY_WEIGHT = 0.8  # kpi_definitions.csv: "basically satisfied" counts less, a proposal

Condition = Callable[[Frame], Q]


class Group(models.TextChoices):
    """How the page of figures is divided."""

    NET = "net", _("The net")
    ORDERS = "orders", _("Orders")
    SERVICE = "service", _("Service and care")
    QUALITY = "quality", _("How well it is done")


@dataclass(frozen=True, slots=True)
class Measure:
    """Rows of one table that fulfil a condition; `weight` is what one row adds."""

    table: str
    where: Q | Condition
    weight: float = 1

    def condition(self, frame: Frame) -> Q:
        """The condition for one question."""
        return self.where if isinstance(self.where, Q) else self.where(frame)


@dataclass(frozen=True, slots=True)
class Indicator:
    """A count, or with `of` a rate. `formula` says in words what `counts` and `of` do."""

    key: str
    group: Group
    name: Promise
    formula: Promise
    counts: tuple[Measure, ...]
    of: Measure | None = None
    icon: str = ""

    @property
    def is_rate(self) -> bool:
        """True when it has a denominator."""
        return self.of is not None


# The tables figures are counted in, narrowed to the territory of the question.
TABLES: dict[str, Callable[[Frame], QuerySet[Any]]] = {
    "cells": lambda f: Cell.objects.filter(f.standing(), f.exists()),
    "posts": lambda f: Appointment.objects.filter(
        f.standing("cell__"), f.in_term(), acting_for__isnull=True
    ),
    "orders": lambda f: Order.objects.filter(f.under()),
    "log": lambda f: OrderLog.objects.filter(f.under("order__"), f.during("at")),
    "steps": lambda f: OrderStep.objects.filter(f.under("order__"), f.during("due_at")),
    "ratings": lambda f: Rating.objects.filter(f.under("order__"), f.during("at")),
    "items": lambda _frame: WorkItem.objects.filter(is_active=True),
    "duties": lambda _frame: Duty.objects.filter(is_active=True),
    "areas": lambda _frame: Category.objects.filter(parent__isnull=True, is_active=True),
}

# Wishes and suggestions have figures of their own, so the classes do not count them again.
_MATTERS = (Kind.NEED, Kind.HAZARD, Kind.DISPUTE, Kind.CONSULTATION, Kind.REPORT)
_REFUSED = tuple(state for state in ENDED if state != State.CLOSED)


def _cells(level: Level) -> tuple[Measure, ...]:
    return (Measure("cells", Q(level=level)),)


def _holders(**kind: object) -> tuple[Measure, ...]:
    return (Measure("posts", Q(**{f"kind__{k}": v for k, v in kind.items()})),)


def _solved(frame: Frame) -> Q:
    """Verified in the period by somebody other than the handler, and not reopened since."""
    return Q(state__in=SOLVED) & frame.during("verified_at")


def _solved_class(*klasses: Klass) -> tuple[Measure, ...]:
    return (
        Measure(
            "orders", lambda frame: _solved(frame) & Q(klass__in=klasses) & Q(kind__in=_MATTERS)
        ),
    )


def _collected(kind: Kind) -> tuple[Measure, ...]:
    return (
        Measure(
            "orders",
            lambda frame: Q(kind=kind) & frame.during("created_at") & ~Q(state__in=_REFUSED),
        ),
    )


def _claimed(**which: object) -> Exists:
    return Exists(Claim.objects.filter(order=OuterRef("pk"), released_at__isnull=True, **which))


def _asked_for(frame: Frame) -> Q:
    """Areas under which an order of the period falls, directly or by one of their matters."""
    orders = Order.objects.filter(frame.under(), frame.during("created_at"))
    of_area = Q(category=OuterRef("pk")) | Q(category__parent=OuterRef("pk"))
    return Q(Exists(orders.filter(of_area)))


def _led(frame: Frame) -> Q:
    heads = Appointment.objects.filter(frame.in_term(), cell=OuterRef("pk"), kind__is_head=True)
    return _doors(frame) & Q(Exists(heads))


def _doors(frame: Frame) -> Q:
    return Q(level__in=(Level.MICRO_GRID, Level.UNIT))


def _leads(frame: Frame, **which: object) -> Exists:
    """A lead assigned on the day, whose term ran then."""
    at = frame.as_of
    office = Q(post__starts__lte=at) & (Q(post__ends__isnull=True) | Q(post__ends__gte=at))
    return Exists(Assignment.objects.on(at).filter(office, role=Role.LEAD, **which))


_FOR_GRIDS = Q(levels__contains=[Level.GRID.value])


def _led_everywhere(frame: Frame) -> Q:
    """Work items of grids that somebody leads in every grid of the territory."""
    grids = TABLES["cells"](frame).filter(level=Level.GRID)
    without = grids.filter(~_leads(frame, cell=OuterRef("pk"), item=OuterRef(OuterRef("pk"))))
    return _FOR_GRIDS & Q(Exists(grids)) & ~Q(Exists(without))


def _fully_led(frame: Frame) -> Q:
    """Grids where every required work item has a person in term."""
    needed = WorkItem.objects.filter(_FOR_GRIDS, is_active=True, required=True)
    without = needed.filter(~_leads(frame, item=OuterRef("pk"), cell=OuterRef(OuterRef("pk"))))
    return Q(level=Level.GRID) & ~Q(Exists(without))


def _due(step: Step) -> Condition:
    """Runs of a step's clock that ended, or should have by now."""
    return lambda frame: Q(step=step) & (Q(ended_at__isnull=False) | Q(due_at__lt=frame.now))


def _in_time(step: Step) -> tuple[Measure, ...]:
    return (Measure("steps", Q(step=step, ended_at__lte=F("due_at"))),)


def _moved(verb: str) -> Measure:
    return Measure("log", Q(verb=verb))


_RATINGS = Measure("ratings", Q(pk__isnull=False))


INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "grids", Group.NET, _("Grids"), _("Grids (tier 2) that exist on the day."),
        _cells(Level.GRID), icon="grid-dots",
    ),
    Indicator(
        "area_heads", Group.NET, _("Area heads"), _("Heads of grids in term on the day."),
        _holders(code="area_head"), icon="user-star",
    ),
    Indicator(
        "grid_workers", Group.NET, _("Grid workers"), _("Grid workers in term on the day."),
        _holders(code="grid_worker"), icon="walk",
    ),
    Indicator(
        "building_leaders", Group.NET, _("Building leaders"),
        _("Heads of micro-grids (tier 3) in term on the day, without deputies."),
        _holders(level=Level.MICRO_GRID, is_head=True), icon="building",
    ),
    Indicator(
        "unit_leaders", Group.NET, _("Unit leaders"),
        _("Heads of units in term on the day, without deputies."),
        _holders(level=Level.UNIT, is_head=True), icon="stairs",
    ),
    Indicator(
        "leader_fill_rate", Group.NET, _("Buildings and units with a leader"),
        _("Micro-grids and units with a head in term / all micro-grids and units."),
        (Measure("cells", _led),), Measure("cells", _doors), icon="checklist",
    ),
    Indicator(
        "work_items", Group.NET, _("Work items assigned to every grid"),
        _("Work items of grids that a named person in term leads in every grid on the day."),
        (Measure("items", _led_everywhere),), icon="list-check",
    ),
    Indicator(
        "grid_worker_duties", Group.NET, _("Duties of a grid worker"),
        _("Duties of a grid worker in force."),
        (Measure("duties", Q(pk__isnull=False)),), icon="id-badge-2",
    ),
    Indicator(
        "duty_assign_rate", Group.NET, _("Grids with a person for every duty"),
        _("Grids where every required work item has a lead in term on the day / all grids."),
        (Measure("cells", _fully_led),), Measure("cells", Q(level=Level.GRID)), icon="user-check",
    ),
    Indicator(
        "orders_placed", Group.ORDERS, _("Orders placed"), _("Orders placed in the period."),
        (Measure("orders", lambda f: f.during("created_at")),), icon="clipboard-list",
    ),
    Indicator(
        "orders_open", Group.ORDERS, _("Of these still open"),
        _("Orders placed in the period that have not ended."),
        (Measure("orders", lambda f: f.during("created_at") & Q(state__in=OPEN)),),
        icon="hourglass",
    ),
    Indicator(
        "public_solved", Group.ORDERS, _("Public matters solved"),
        _("Public matters verified in the period, without wishes and suggestions."),
        _solved_class(Klass.PUBLIC), icon="users-group",
    ),
    Indicator(
        "easy_private_solved", Group.ORDERS, _("Easy and private matters solved"),
        _("Easy and private matters verified in the period, without wishes and suggestions."),
        _solved_class(Klass.EASY, Klass.PRIVATE), icon="home-check",
    ),
    Indicator(
        "hard_solved", Group.ORDERS, _("Hard matters solved"),
        _("Hard matters verified in the period, without wishes and suggestions."),
        _solved_class(Klass.HARD), icon="mountain",
    ),
    Indicator(
        "disputes_resolved", Group.ORDERS, _("Disputes resolved"),
        _("Orders of the kind dispute verified in the period."),
        (Measure("orders", lambda f: _solved(f) & Q(kind=Kind.DISPUTE)),), icon="scale",
    ),
    Indicator(
        "wishes", Group.SERVICE, _("Micro-wishes collected"),
        _("Wishes placed in the period, without refused, withdrawn and merged ones."),
        _collected(Kind.WISH), icon="stars",
    ),
    Indicator(
        "suggestions", Group.SERVICE, _("Suggestions collected"),
        _("Suggestions placed in the period, without refused, withdrawn and merged ones."),
        _collected(Kind.SUGGESTION), icon="bulb",
    ),
    Indicator(
        "service_areas", Group.SERVICE, _("Key areas of need"),
        _("Service areas under which an order was placed in the period."),
        (Measure("areas", _asked_for),), icon="category",
    ),
    Indicator(
        "deeds_done", Group.SERVICE, _("Good deeds done by claimed orders"),
        _("Orders verified in the period that somebody took on from the claim hall."),
        (Measure("orders", lambda f: _solved(f) & Q(_claimed())),), icon="heart-handshake",
    ),
    Indicator(
        "member_claims_solved", Group.SERVICE, _("Problems solved by a member's own claim"),
        _("Orders verified in the period that a member took on in person."),
        (Measure("orders", lambda f: _solved(f) & Q(_claimed(by_member=True))),), icon="user-heart",
    ),
    Indicator(
        "resolve_rate", Group.QUALITY, _("Resolved"),
        _("Residents who answer “solved” / all ratings of the period."),
        (Measure("ratings", Q(solved=True)),), _RATINGS, icon="circle-check",
    ),
    Indicator(
        "satisfaction_rate", Group.QUALITY, _("Satisfied"),
        _("(Satisfied + 0.8 × basically satisfied) / all ratings of the period."),
        (
            Measure("ratings", Q(satisfaction=Satisfaction.SATISFIED)),
            Measure(
                "ratings", Q(satisfaction=Satisfaction.BASICALLY), BASICALLY_WEIGHT
            ),
        ),
        _RATINGS, icon="mood-smile",
    ),
    Indicator(
        "accept_on_time", Group.QUALITY, _("Accepted in time"),
        _("Acceptances that ended within their limit / acceptances due in the period."),
        _in_time(Step.ACCEPT), Measure("steps", _due(Step.ACCEPT)), icon="clock-check",
    ),
    Indicator(
        "handle_on_time", Group.QUALITY, _("Handled in time"),
        _("Handlings that ended within their limit / handlings due in the period."),
        _in_time(Step.HANDLE), Measure("steps", _due(Step.HANDLE)), icon="alarm",
    ),
    Indicator(
        "rework_rate", Group.QUALITY, _("Rework"),
        _("Failed verifications / finishes of the period."),
        (_moved("verify_fail"),), _moved("finish"), icon="rotate-2",
    ),
    Indicator(
        "return_rate", Group.QUALITY, _("Returned"), _("Returns / dispatches of the period."),
        (_moved("return"),), _moved("dispatch"), icon="arrow-back-up",
    ),
)  # fmt: skip

BY_KEY = {each.key: each for each in INDICATORS}
