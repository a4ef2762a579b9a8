"""The orders of the demo year: who places what where, and who takes it on."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from random import Random
from uuid import UUID

import shapely
from shapely.geometry import shape

from gridpact.clocks.book import book
from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.demo.lives import RESIDENT, Life
from gridpact.demo.names import person_name, phone_number
from gridpact.demo.people import GRID, ZHIHE, Cast
from gridpact.demo.pictures import Scene, draw_scenes, scene_photo
from gridpact.demo.plays import Matter, Play, Spot
from gridpact.demo.programme import PROGRAMME, Sort, Timing, route
from gridpact.grid.choices import Level
from gridpact.grid.models import Cell
from gridpact.grid.selectors import Place
from gridpact.grid.tree import Tree, tree
from gridpact.orders.choices import Channel, Kind, Klass, PhotoRole, State
from gridpact.orders.models import Category
from gridpact.orders.services import Contact, Intake
from gridpact.orders.services.intake import build_order

_CHANNELS = {
    Kind.WISH: (Channel.VISIT, Channel.CHAIN, Channel.WEB, Channel.WEB),
    Kind.SUGGESTION: (Channel.MEETING, Channel.BOX, Channel.WEB),
    Kind.REPORT: (Channel.STAFF,),
}
_USUAL = (Channel.WEB,) * 6 + (Channel.PHONE, Channel.VISIT, Channel.HOTLINE, Channel.API)
_TAILS = (
    "", "已经有些日子了。", "邻居们都盼着解决。", "麻烦尽快安排，谢谢。", "之前向物业反映过。",
    "家里有老人和小孩。", "最近几天更明显。", "希望能给个回话。",
)  # fmt: skip


class Director:
    """Plays the whole programme; equal seeds and clocks give equal lives."""

    def __init__(self, cells: list[Cell], cast: Cast, *, residents: int, rng: Random) -> None:
        self.cast, self.rng, self.tree = cast, rng, tree()
        self.pages = book()
        self.timing = Timing(clock.now(), self.pages.base, rng)
        self.matters = _matters()
        self.spots = _spots(cells, self.tree)
        self.by_id = {cell.pk: cell for cell in cells}
        self.people = [(person_name(rng), phone_number(5000 + i)) for i in range(residents)]
        self.before = draw_scenes(rng, after=False)
        self.after = draw_scenes(rng, after=True)

    def lives(self) -> Iterator[Life]:
        """Every order of the programme, in no particular order of time."""
        for sort in PROGRAMME:
            for index in range(sort.count):
                recent = sort.end is State.CLOSED and index % 37 == 2 and index % 59 != 11
                yield self._life(sort, index, State.VERIFIED if recent else sort.end)

    def _life(self, sort: Sort, index: int, end: State) -> Life:
        spot = self._spot(sort, index)
        options = [m for kind in sort.kinds for m in self.matters[kind, sort.klass]]
        kinds = [kind for kind in sort.kinds for _ in self.matters[kind, sort.klass]]
        chosen = self.rng.randrange(len(options))
        verbs = route(sort, index, end)
        times = self.timing.moments(verbs, sort.klass, end)
        matter, kind = options[chosen], kinds[chosen]
        life = self._placed(kind, matter, spot, times[0])
        scene = self.rng.randrange(len(self.before))
        if self.rng.random() < 0.3:
            self._add_photo(life, self.before[scene], times[0])
        scene_after = self.after[scene]
        play = Play(
            self.cast, life, sort, spot=spot, matter=matter, scene=scene_after, verbs=verbs,
            rng=self.rng,
        )  # fmt: skip
        for position, (verb, at) in enumerate(zip(verbs, times[1:], strict=True)):
            play.perform(verb, at, last=position == len(verbs) - 1)
        return life

    def _spot(self, sort: Sort, index: int) -> Spot:
        """The first two orders of each open sort lie where the demo accounts work."""
        if sort.end is not State.CLOSED and index < 2:
            home = self.spots[ZHIHE]
            near = [spot for spot in home if spot.grid.code == GRID]
            return self.rng.choice(near if index == 0 or self.rng.random() < 0.5 else home)
        code = self.rng.choice([*self.spots, ZHIHE, ZHIHE])
        return self.rng.choice(self.spots[code])

    def _placed(self, kind: Kind, matter: Matter, spot: Spot, at: datetime) -> Life:
        channel = self.rng.choice(_CHANNELS.get(kind, _USUAL))
        by_staff = channel not in {Channel.WEB, Channel.API}
        desk = self.cast.holders["community_desk", spot.community.pk]
        if channel == Channel.STAFF:
            desk = self.cast.holders["grid_worker", spot.grid.pk]
        by = desk if by_staff else RESIDENT
        anonymous = self.rng.random() < 0.08
        name, phone = self.rng.choice(self.people)
        text = matter.text.format(place=spot.label) + self.rng.choice(_TAILS)
        place = self._place(spot)
        intake = Intake(
            text=text,
            kind=kind,
            title=matter.title,
            lon=place.lon,
            lat=place.lat,
            address=f"{spot.community.name}{spot.label}",
            contact=Contact() if anonymous else Contact(name, phone),
            anonymous=anonymous,
            channel=channel,
        )
        actor = Actor(kind="user", user_id=by.user_id) if by_staff else Actor()
        order, step = build_order(intake, place, "", at, actor=actor, pages=self.pages)
        path, name_of_desk = self.tree.names(order.desk_id), self.by_id[order.desk_id].name
        upper = self.by_id[order.township_id].name if order.township_id is not None else ""
        life = Life(order, self.pages, path, name_of_desk, upper, steps=[step])
        life.submit(by)
        return life

    def _place(self, spot: Spot) -> Place:
        """A point in the stairwell, the building chosen from the list, or an address."""
        dice = self.rng.random()
        if dice < 0.6:
            lon, lat = self._point(spot.unit)
            return Place(self.tree.by_id[spot.unit.pk], "polygon", lon, lat)
        if dice < 0.9:
            return Place(self.tree.by_id[spot.unit.pk], "chosen")
        return Place(self.tree.by_id[spot.community.pk], "address")

    def _point(self, unit: Cell) -> tuple[float, float]:
        """A random point inside a stairwell's boundary, WGS-84 degrees."""
        assert unit.boundary is not None
        area = shape(unit.boundary)
        west, south, east, north = area.bounds
        for _ in range(20):
            lon = round(self.rng.uniform(west, east), 6)
            lat = round(self.rng.uniform(south, north), 6)
            if shapely.contains_properly(area, shapely.Point(lon, lat)):
                return lon, lat
        return unit.point_lon or west, unit.point_lat or south

    def _add_photo(self, life: Life, scene: Scene, at: datetime) -> None:
        key = UUID(int=self.rng.getrandbits(128), version=4)
        life.photos.append(scene_photo(scene, key, at, life.order.taken_by_id, PhotoRole.REPORT))


def _matters() -> dict[tuple[Kind, Klass], list[Matter]]:
    """The shipped matters by kind and class."""
    categories = {category.code: category for category in Category.objects.all()}
    text = (files("gridpact.demo") / "data" / "matters.csv").read_text(encoding="utf-8")
    matters: dict[tuple[Kind, Klass], list[Matter]] = defaultdict(list)
    for row in csv.DictReader(text.splitlines()):
        category = categories[row["category"]]
        matter = Matter(category, row["org"], row["title"], row["text"], row["answer"])
        matters[Kind(row["kind"]), Klass(row["klass"])].append(matter)
    return matters


def _spots(cells: list[Cell], snapshot: Tree) -> dict[str, list[Spot]]:
    """Every stairwell by the code of its community."""
    by_id = {cell.pk: cell for cell in cells}
    spots: dict[str, list[Spot]] = defaultdict(list)
    for cell in cells:
        if cell.level != Level.UNIT:
            continue
        above = snapshot.by_id[cell.pk].ancestors
        community, grid = by_id[above[Level.COMMUNITY]], by_id[above[Level.GRID]]
        label = by_id[above[Level.MICRO_GRID]].name + cell.name
        spots[community.code].append(Spot(community, grid, cell, label))
    return spots
