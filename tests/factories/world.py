"""A district small enough to know by heart: two communities, one person per role."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import F

from gridpact.accounts.models import User
from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.grid.models import Appointment, Cell, PostKind, TreeVersion
from gridpact.grid.services.versions import open_versions
from gridpact.orders.models import Order
from gridpact.orders.services import Contact, Intake, open_order
from gridpact.orgs.models import Org, OrgMember
from gridpact.orgs.selectors import actor_for

ZHIHE, QILIPING = "450312100012", "450312100007"
GRID, MICRO, UNIT = ZHIHE + "001", ZHIHE + "001001", ZHIHE + "00100101"
PASSWORD = "correct horse battery"
OPENED = date(2024, 1, 1)
_versions = itertools.count(1000)

# username → (post kind, cell code)
POSTS = {
    "district": ("district_desk", "450312"),
    "township": ("township_desk", "450312100"),
    "zhihe": ("general_head", ZHIHE),
    "area": ("area_head", GRID),
    "building": ("building_leader", MICRO),
    "unit": ("unit_leader", UNIT),
    "worker": ("grid_worker", GRID),
    "orgdept": ("orgdept", "450312"),
    "sysadmin": ("system_admin", "450312"),
    "secadmin": ("security_admin", "450312"),
    "auditor": ("audit_admin", "450312"),
    "neighbour": ("general_head", QILIPING),
}
# username → (organisation code, role)
MEMBERS = {
    "dept": ("chengguan", "HANDLER"),
    "unit_liaison": ("school", "LIAISON"),
    "volunteer": ("school2", "MEMBER"),
}
PERSONAS = (*POSTS, *MEMBERS)


@dataclass
class World:
    """The built district. Points are in the middle of the named cells."""

    cells: dict[str, Cell]
    users: dict[str, User]
    orgs: dict[str, Org]
    extra: dict[str, Any] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """A persona as an actor; `resident` is the anonymous public."""
        if name == "resident":
            return Actor(address="127.0.0.1")
        return actor_for(self.users[name], address="127.0.0.1")

    def reporter(self, order: Order) -> Actor:
        """The holder of the order's number and code."""
        return Actor(kind="reporter", own_rights=frozenset({f"reporter:{order.pk}"}))

    def post(self, name: str) -> Appointment:
        """The appointment of a persona."""
        return Appointment.objects.get(user=self.users[name])

    def order(self, text: str = "楼道灯坏了三天", *, cell: str = UNIT, **given: Any) -> Order:
        """A fresh SUBMITTED order of a resident with a phone."""
        given.setdefault("contact", Contact("陈小明", "13800001234"))
        intake = Intake(text=text, cell=cell, channel="API", **given)
        return open_order(intake, actor=self.actor("resident"))


def _square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _cells() -> dict[str, Cell]:
    rows = (
        ("450312", "临桂区", "DISTRICT", "", (110.0, 25.0, 110.4, 25.4)),
        ("450312100", "临桂镇", "TOWNSHIP", "450312", (110.0, 25.0, 110.4, 25.4)),
        (ZHIHE, "致和社区", "COMMUNITY", "450312100", (110.1, 25.1, 110.2, 25.2)),
        (QILIPING, "七里坪社区居委会", "COMMUNITY", "450312100", (110.2, 25.1, 110.3, 25.2)),
        (GRID, "第一网格", "GRID", ZHIHE, (110.1, 25.1, 110.15, 25.2)),
        (ZHIHE + "002", "第二网格", "GRID", ZHIHE, (110.15, 25.1, 110.2, 25.2)),
        (MICRO, "致和苑3栋", "MICRO_GRID", GRID, (110.1, 25.1, 110.12, 25.12)),
        (UNIT, "1单元", "UNIT", MICRO, (110.1, 25.1, 110.11, 25.12)),
        (QILIPING + "001", "第一网格", "GRID", QILIPING, (110.2, 25.1, 110.3, 25.2)),
    )
    cells: dict[str, Cell] = {}
    for code, name, level, parent, box in rows:
        above = cells.get(parent)
        cell = Cell.objects.create(
            code=code, name=name, level=level, parent=above, path="", boundary=_square(*box),
            opened_on=OPENED, point_lon=(box[0] + box[2]) / 2, point_lat=(box[1] + box[3]) / 2,
        )  # fmt: skip
        cell.path = f"{above.path if above else '/'}{cell.pk}/"
        cell.save(update_fields=["path"])
        open_versions([cell])
        cells[code] = cell
    TreeVersion.objects.update_or_create(pk=1, defaults={"number": next(_versions)})
    TreeVersion.objects.update(number=F("number") + 1)
    return cells


def build_world() -> World:
    """Create the cells, organisations, users and appointments."""
    cells = _cells()
    orgs = {
        "chengguan": Org.objects.create(code="chengguan", name="城市管理局", kind="DEPARTMENT"),
        "school": Org.objects.create(
            code="school", name="致和小学", kind="SCHOOL", cell=cells[ZHIHE]
        ),
        "school2": Org.objects.create(
            code="school2", name="致和义工队", kind="SOCIAL", cell=cells[ZHIHE]
        ),
    }
    users: dict[str, User] = {}
    since = clock.today() - timedelta(days=30)
    for name in PERSONAS:
        user = User(username=name, name=f"{name}甲")
        user.set_password(PASSWORD)
        user.save()
        users[name] = user
    kinds = {kind.code: kind for kind in PostKind.objects.all()}
    for name, (kind, code) in POSTS.items():
        Appointment.objects.create(
            user=users[name], kind=kinds[kind], cell=cells[code], starts=since
        )
    for name, (org, role) in MEMBERS.items():
        OrgMember.objects.create(user=users[name], org=orgs[org], role=role, starts=since)
    return World(cells, users, orgs)


def load_world() -> World:
    """The world that stands in the test database."""
    return World(
        {cell.code: cell for cell in Cell.objects.all()},
        {user.username: user for user in User.objects.all()},
        {org.code: org for org in Org.objects.all()},
    )
