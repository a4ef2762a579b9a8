"""Findings of posts in a part of the net (domain.md §1): four queries, whatever the size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.grid.choices import RANK
from gridpact.grid.models import Absence, Appointment, Cell, PostKind
from gridpact.grid.policies import ADMIN_RIGHTS

EXPIRY_DAYS = 30
VACANCIES, EXPIRING, OVERLOADED = "vacancies", "expiring", "overloaded"
TWO_HEADS, NO_DEPUTY, ADMIN_POSTS = "two_heads", "no_deputy", "admin_posts"
LABELS: dict[str, Promise] = {
    VACANCIES: _("Without a head"),
    NO_DEPUTY: _("Head away, nobody acts"),
    TWO_HEADS: _("Two heads at once"),
    OVERLOADED: _("Too many doors for one person"),
    EXPIRING: _("Term ends within 30 days"),
    ADMIN_POSTS: _("One person with two administrator posts"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where, on which post, with whom; `fix` leads to what mends it.

    `number` and `limit` are doors; `day` is the last day of a term or of an absence; `detail` says
    in words what an upper app found.
    """

    kind: str
    cell_code: str
    cell_name: str
    level: str
    post: str = ""
    who: str = ""
    day: date | None = None
    number: int = 0
    limit: int = 0
    count: int = 1
    fix: str = ""
    detail: str = ""


class CellFacts(NamedTuple):
    """A cell as it is read."""

    pk: int
    code: str
    name: str
    level: str
    doors: int


class _Post(NamedTuple):
    """A term as it is read."""

    id: int
    user_id: int
    username: str
    who: str
    kind_id: int
    cell_id: int
    starts: date
    ends: date | None
    acting_for: int | None


_FIELDS = (
    "pk", "user_id", "user__username", "user__name", "kind_id", "cell_id", "starts", "ends",
    "acting_for_id",
)  # fmt: skip


class Ground:
    """Cells below one cell with the terms of today and later, read at once."""

    def __init__(self, cell: Cell, day: date) -> None:
        self.day, self.path = day, cell.path
        rows = Cell.objects.open().under(cell).order_by("code")
        self.cells = {row[0]: CellFacts(*row) for row in rows.values_list(*CellFacts._fields)}
        self.kinds = {kind.pk: kind for kind in PostKind.objects.all()}
        terms = (
            Appointment.objects.filter(cell__path__startswith=cell.path, user__is_active=True)
            .exclude(ends__lt=day)
            .order_by("cell__code", "kind__sort", "starts", "pk")
            .values_list(*_FIELDS)
        )
        posts = [_Post(*row) for row in terms if row[5] in self.cells]
        self.now = [post for post in posts if post.starts <= day]
        self.later = {
            (post.cell_id, post.kind_id, post.starts) for post in posts if post.starts > day
        }
        self.heads: dict[int, list[_Post]] = defaultdict(list)
        for post in self.now:
            if self.kinds[post.kind_id].is_head:
                self.heads[post.cell_id].append(post)

    def found(self, kind: str, post: _Post, fix: str, **facts: int | date | None) -> Finding:
        """A finding about a held post."""
        return self.at(
            kind, self.cells[post.cell_id], post.kind_id, post.who or post.username, fix, **facts
        )

    def at(
        self,
        kind: str,
        cell: CellFacts,
        kind_id: int,
        who: str,
        fix: str,
        **facts: int | date | None,
    ) -> Finding:
        """A finding about a post of a cell."""
        name = self.kinds[kind_id].name
        return Finding(kind, cell.code, cell.name, cell.level, name, who, fix=fix, **facts)  # type: ignore[arg-type]  # numbers and days by field


def findings(cell: Cell, day: date | None = None) -> dict[str, list[Finding]]:
    """What is wrong with the posts of `cell` and below, by kind (all kinds of `LABELS`)."""
    return findings_on(Ground(cell, day or clock.today()))


def findings_on(ground: Ground) -> dict[str, list[Finding]]:
    """The same for ground that was read already."""
    return {
        VACANCIES: list(_vacancies(ground)),
        NO_DEPUTY: list(_no_deputies(ground)),
        TWO_HEADS: list(_two_heads(ground)),
        OVERLOADED: list(_overloaded(ground)),
        EXPIRING: list(_expiring(ground)),
        ADMIN_POSTS: list(_admin_posts(ground)),
    }


def _vacancies(ground: Ground) -> Iterator[Finding]:
    due = {kind.level: kind for kind in reversed(ground.kinds.values()) if kind.is_head}
    vacant = [
        cell for cell in ground.cells.values() if cell.level in due and not ground.heads[cell.pk]
    ]
    for cell in sorted(vacant, key=lambda row: (RANK[row.level], row.code)):
        yield ground.at(VACANCIES, cell, due[cell.level].pk, "", appoint_href(cell.code))


def _no_deputies(ground: Ground) -> Iterator[Finding]:
    away = dict(
        Absence.objects.on(ground.day)
        .filter(post__cell__path__startswith=ground.path)
        .order_by("last_day")
        .values_list("post_id", "last_day")
    )
    acting = {post.acting_for for post in ground.now if post.acting_for is not None}
    for heads in ground.heads.values():
        for post in heads:
            if post.id in away and post.id not in acting:
                fix = f"{appoint_href(ground.cells[post.cell_id].code)}?acting_for={post.id}"
                yield ground.found(NO_DEPUTY, post, fix, day=away[post.id])


def _two_heads(ground: Ground) -> Iterator[Finding]:
    for cell_id, heads in ground.heads.items():
        own = [post for post in heads if post.acting_for is None]
        if len(own) > 1:
            cell = ground.cells[cell_id]
            who = "、".join(post.who or post.username for post in own)
            fix = f"{reverse('grid:terms_list')}?cell={cell.code}&term=now"
            yield ground.at(TWO_HEADS, cell, own[0].kind_id, who, fix)


def _overloaded(ground: Ground) -> Iterator[Finding]:
    """Doors of all cells a person holds by one kind of post; two holders of a cell share them."""
    held: dict[tuple[int, int], list[_Post]] = defaultdict(list)
    sharing: dict[tuple[int, int], int] = defaultdict(int)
    for post in ground.now:
        if ground.kinds[post.kind_id].door_limit and post.acting_for is None:
            held[post.user_id, post.kind_id].append(post)
            sharing[post.cell_id, post.kind_id] += 1
    for (_user, kind_id), posts in held.items():
        limit = ground.kinds[kind_id].door_limit or 0
        doors = sum(
            ground.cells[post.cell_id].doors // sharing[post.cell_id, kind_id] for post in posts
        )
        if doors > limit:
            fix = (
                person_href(posts[0].username)
                if len(posts) > 1
                else cell_href(ground.cells[posts[0].cell_id].code)
            )
            yield ground.found(OVERLOADED, posts[0], fix, number=doors, limit=limit)


def _expiring(ground: Ground) -> Iterator[Finding]:
    """Terms that end soon and are followed by nobody on the next day; deputies end as planned."""
    last = ground.day + timedelta(days=EXPIRY_DAYS)
    for post in sorted(ground.now, key=lambda row: (row.ends or date.max, row.cell_id)):
        if post.ends is None or post.ends > last or post.acting_for is not None:
            continue
        if (post.cell_id, post.kind_id, post.ends + timedelta(days=1)) not in ground.later:
            code, kind = ground.cells[post.cell_id].code, ground.kinds[post.kind_id].code
            key = f"{code}-{kind}-{post.username}-{post.starts:%Y%m%d}"
            fix = reverse("grid:terms_edit", kwargs={"key": key})
            yield ground.found(EXPIRING, post, fix, day=post.ends)


def _admin_posts(ground: Ground) -> Iterator[Finding]:
    """The three administrators are kept apart: nobody holds two of their posts (三员分立)."""
    by_user: dict[int, list[_Post]] = defaultdict(list)
    for post in ground.now:
        if ADMIN_RIGHTS & frozenset(ground.kinds[post.kind_id].rights):
            by_user[post.user_id].append(post)
    for posts in by_user.values():
        if len({post.kind_id for post in posts}) > 1:
            yield ground.found(ADMIN_POSTS, posts[0], person_href(posts[0].username))


def appoint_href(code: str) -> str:
    """Where somebody is appointed on a cell."""
    return reverse("grid:appoint", kwargs={"code": code})


def cell_href(code: str) -> str:
    """The page of a cell."""
    return reverse("grid:cell", kwargs={"code": code})


def person_href(username: str) -> str:
    """All terms of one person."""
    return f"{reverse('grid:terms_list')}?user={username}"
