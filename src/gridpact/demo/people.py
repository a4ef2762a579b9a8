"""Everyone of the demo district: accounts with posts, departments, partner units and volunteers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.resources import files
from random import Random

from django.contrib.auth.hashers import make_password

from gridpact.accounts.models import User
from gridpact.core import clock
from gridpact.demo.names import person_name, phone_number
from gridpact.grid.choices import Level
from gridpact.grid.models import Appointment, Cell, PostKind
from gridpact.orgs.choices import MemberRole, OrgKind
from gridpact.orgs.models import Org, OrgMember

ZHIHE, QILIPING, TOWN, DISTRICT = "450312100012", "450312100007", "450312100", "450312"
GRID, MICRO, UNIT = ZHIHE + "001", ZHIHE + "001001", ZHIHE + "00100101"
PARTNER_UNITS = 50
# The demo accounts of the interface: username → (post kind, cell code).
POST_PERSONAS = {
    "district": ("district_desk", DISTRICT),
    "township": ("township_desk", TOWN),
    "zhihe": ("general_head", ZHIHE),
    "area": ("area_head", GRID),
    "building": ("building_leader", MICRO),
    "unit": ("unit_leader", UNIT),
    "worker": ("grid_worker", GRID),
    "orgdept": ("orgdept", DISTRICT),
    "sysadmin": ("system_admin", DISTRICT),
    "secadmin": ("security_admin", DISTRICT),
    "auditor": ("audit_admin", DISTRICT),
    "neighbour": ("general_head", QILIPING),
}
# username → (organisation code, role)
ORG_PERSONAS = {
    "dept": ("chengguan", MemberRole.HANDLER),
    "unit_liaison": ("unit-01", MemberRole.LIAISON),
    "volunteer": ("unit-02", MemberRole.MEMBER),
}
PERSONAS = (*POST_PERSONAS, *ORG_PERSONAS)
ACCOUNT_LABELS = {
    "district": "临桂区社会治理中心",
    "township": "临桂镇社管中心",
    "zhihe": "致和社区 总网格长",
    "area": "致和社区第一网格 片区长",
    "worker": "致和社区第一网格 网格员",
    "building": "致和苑1栋 楼栋长",
    "unit": "致和苑1栋1单元 单元长",
    "dept": "临桂区城市管理局 经办人",
    "unit_liaison": "春晖实验小学 共建单位联络员",
    "volunteer": "同心志愿服务队 志愿者",
    "orgdept": "区委组织部",
    "sysadmin": "系统管理员",
    "secadmin": "安全管理员",
    "auditor": "审计管理员",
    "neighbour": "七里坪社区 总网格长（看不到致和的工单）",
}
_LEVEL_POSTS = {
    Level.TOWNSHIP: ("township_desk",),
    Level.COMMUNITY: ("general_head", "community_desk", "officer"),
    Level.GRID: ("area_head", "grid_worker", "liaison_cadre"),
    Level.MICRO_GRID: ("building_leader",),
    Level.UNIT: ("unit_leader",),
}
# Whose phone stands on the public sign (they agreed when they took the post).
_ON_THE_SIGN = frozenset({"general_head", "area_head", "grid_worker", "building_leader"})
_UNIT_FIRST = ("春晖", "同心", "和风", "启明", "惠民", "晨曦", "远帆", "青禾", "瑞泽", "百川")
_UNIT_KINDS = (
    ("实验小学", OrgKind.SCHOOL),
    ("志愿服务队", OrgKind.SOCIAL),
    ("物业服务公司", OrgKind.PROPERTY_FIRM),
    ("卫生服务站", OrgKind.HOSPITAL),
    ("供电服务站", OrgKind.STATE_FIRM),
    ("社会工作站", OrgKind.SOCIAL),
    ("商贸公司", OrgKind.PRIVATE_FIRM),
    ("文化站", OrgKind.INSTITUTION),
    ("税务服务厅", OrgKind.GOVERNMENT),
    ("小区业主委员会", OrgKind.OWNERS_COMMITTEE),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts in the demo, as timeline and audit name them."""

    user_id: int
    name: str
    post: str
    appointment: Appointment | None = None
    org: Org | None = None


@dataclass
class Cast:
    """Who is who: holders by (post kind, cell id), people of organisations by role."""

    holders: dict[tuple[str, int], Person] = field(default_factory=dict)
    handlers: dict[str, Person] = field(default_factory=dict)
    liaisons: list[Person] = field(default_factory=list)
    members: list[Person] = field(default_factory=list)


@dataclass
class _Seat:
    """A post or a place in an organisation that needs a person."""

    username: str
    kind: str
    cell: Cell | None = None
    org: Org | None = None
    user: User | None = None


def build_people(cells: list[Cell], *, password: str, rng: Random) -> Cast:
    """Create all accounts, appointments, organisations and memberships; return who is who."""
    by_code = {cell.code: cell for cell in cells}
    orgs = _orgs(by_code)
    seats = [*_post_seats(cells, by_code), *_org_seats(orgs)]
    _accounts(seats, make_password(password), rng)
    return _seated(seats)


def _post_seats(cells: list[Cell], by_code: dict[str, Cell]) -> Iterator[_Seat]:
    taken: set[tuple[str, str]] = set()
    for username, (kind, code) in POST_PERSONAS.items():
        taken.add((kind, code))
        yield _Seat(username, kind, by_code[code])
    for cell in cells:
        for kind in _LEVEL_POSTS.get(Level(cell.level), ()):
            if (kind, cell.code) not in taken:
                yield _Seat(f"{kind}-{cell.code}", kind, cell)


def _orgs(by_code: dict[str, Cell]) -> list[Org]:
    """The departments as shipped, and the partner units of the communities."""
    text = (files("gridpact.demo") / "data" / "orgs.csv").read_text(encoding="utf-8")
    orgs = [
        Org(code=row["code"], name=row["name"], kind=row["kind"], cell=by_code[row["cell"]])
        for row in csv.DictReader(text.splitlines())
    ]
    communities = [cell for cell in by_code.values() if cell.level == Level.COMMUNITY]
    # The first three stand in 致和, where the demo accounts work; the others go round.
    homes = [by_code[ZHIHE]] * 3 + communities * 2
    for index in range(PARTNER_UNITS):
        suffix, kind = _UNIT_KINDS[index % len(_UNIT_KINDS)]
        first = _UNIT_FIRST[(index + index // len(_UNIT_KINDS)) % len(_UNIT_FIRST)]
        orgs.append(
            Org(code=f"unit-{index + 1:02d}", name=first + suffix, kind=kind, cell=homes[index])
        )
    for index, org in enumerate(orgs):
        org.contact, org.phone = "值班室", f"0773-0000{index:03d}"
    return Org.objects.bulk_create(orgs)


def _org_seats(orgs: list[Org]) -> Iterator[_Seat]:
    personas = {(code, str(role)): name for name, (code, role) in ORG_PERSONAS.items()}
    for org in orgs:
        roles = [str(MemberRole.LIAISON), str(MemberRole.MEMBER), str(MemberRole.MEMBER)]
        if org.kind == OrgKind.DEPARTMENT:
            roles = [str(MemberRole.HANDLER)]
        for number, role in enumerate(roles):
            name = personas.pop((org.code, role), f"{org.code}-{role.lower()}-{number}")
            yield _Seat(name, role, org=org)


def _accounts(seats: list[_Seat], password: str, rng: Random) -> None:
    """One account per seat; only the demo accounts can sign in."""
    nobody = make_password(None)
    users = []
    for index, seat in enumerate(seats):
        user = User(username=seat.username, name=person_name(rng))
        user.password = password if seat.username in PERSONAS else nobody
        user.date_joined = clock.now()
        user.set_phone(phone_number(index))
        users.append(user)
    for seat, user in zip(seats, User.objects.bulk_create(users, batch_size=1000), strict=True):
        seat.user = user


def _seated(seats: Iterable[_Seat]) -> Cast:
    """Write appointments and memberships and list who holds what."""
    cast, today = Cast(), clock.today()
    kinds = {kind.code: kind for kind in PostKind.objects.all()}
    starts = date(today.year - 1, 7, 1)
    ends = date(today.year + 2, 6, 30)
    appointments, members = [], []
    for seat in seats:
        assert seat.user is not None
        if seat.cell is not None:
            kind = kinds[seat.kind]
            post = Appointment(user=seat.user, kind=kind, cell=seat.cell, starts=starts, ends=ends)
            post.public_phone = kind.code in _ON_THE_SIGN
            appointments.append(post)
            label = f"{seat.cell.name} {kind.name}"
            person = Person(seat.user.pk, seat.user.name, label, post)
            cast.holders[seat.kind, seat.cell.pk] = person
        elif seat.org is not None:
            since = starts + timedelta(days=30)
            members.append(OrgMember(user=seat.user, org=seat.org, role=seat.kind, starts=since))
            _add_member(
                cast, seat, Person(seat.user.pk, seat.user.name, seat.org.name, org=seat.org)
            )
    Appointment.objects.bulk_create(appointments, batch_size=1000)
    OrgMember.objects.bulk_create(members)
    return cast


def _add_member(cast: Cast, seat: _Seat, person: Person) -> None:
    assert person.org is not None
    if seat.kind == MemberRole.HANDLER:
        cast.handlers[person.org.code] = person
    elif seat.kind == MemberRole.LIAISON:
        cast.liaisons.append(person)
    else:
        cast.members.append(person)
