"""Who does the work of a post on a day: holder, deputy, successor, or the head above."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from gridpact.grid.models import Absence, Appointment
from gridpact.grid.tree import Tree, tree_at

DESK_RIGHT = "orders.accept"  # a post with it receives what nobody below could do


def in_office(post: Appointment, day: date) -> bool:
    """The term runs on the day and the account is open."""
    return post.starts <= day and (post.ends is None or post.ends >= day) and post.user.is_active


def away_on(day: date) -> QuerySet[Absence, int]:
    """Ids of the posts whose holders are noted as away on the day."""
    return Absence.objects.on(day).order_by().values_list("post_id", flat=True)


def is_away(post: Appointment, day: date) -> bool:
    """The holder is noted as away on the day (one query)."""
    return Absence.objects.on(day).filter(post=post).exists()


def stand_ins(posts: Iterable[Appointment], day: date) -> dict[int, Appointment]:
    """By appointment id: the appointment whose holder does its work on `day` (three queries).

    A deputy comes before the holder, since deputies are appointed for days of absence; where the
    term is over, the next holder of the same post on the same cell follows. Nobody does work on a
    day for which an absence is noted. Missing = nobody.
    """
    wanted = list(posts)
    chiefs = {post.acting_for_id for post in wanted if post.acting_for_id is not None}
    known = {post.pk: post for post in wanted}
    rows = Appointment.objects.select_related("kind", "user", "cell").defer("cell__boundary")
    known |= {post.pk: post for post in rows.filter(pk__in=chiefs - known.keys())}
    cells = {post.cell_id for post in known.values()}
    here = rows.in_term(day).filter(cell_id__in=cells, user__is_active=True)
    here = here.exclude(pk__in=away_on(day))
    deputies: dict[int, Appointment] = {}
    holders: dict[tuple[int, int], Appointment] = {}
    present: set[int] = set()
    for post in here.order_by("starts", "pk"):
        present.add(post.pk)
        if post.acting_for_id is not None:
            deputies[post.acting_for_id] = post
        else:
            holders[post.cell_id, post.kind_id] = post
    found: dict[int, Appointment] = {}
    for post in wanted:
        chief = known.get(post.acting_for_id, post) if post.acting_for_id else post
        stand_in = deputies.get(chief.pk)
        if stand_in is None and in_office(chief, day):
            stand_in = chief if chief.pk in present else None
        elif stand_in is None:
            stand_in = holders.get((chief.cell_id, chief.kind_id))
            if stand_in is not None:
                stand_in = deputies.get(stand_in.pk, stand_in)
        if stand_in is not None:
            found[post.pk] = stand_in
    return found


class Chain:
    """Heads and desks above many cells, read at once (one query)."""

    def __init__(self, cell_ids: Iterable[int], day: date, snapshot: Tree | None = None) -> None:
        self.tree = snapshot or tree_at(day)
        refs = [self.tree.by_id[each] for each in set(cell_ids) if each in self.tree.by_id]
        ids = {int(part) for ref in refs for part in ref.path.split("/") if part}
        rows = Appointment.objects.in_term(day).filter(cell_id__in=ids, user__is_active=True)
        rows = rows.exclude(pk__in=away_on(day))
        self.heads: dict[int, list[Appointment]] = {}
        for post in rows.select_related("kind", "user", "cell").defer("cell__boundary").order_by(
            "kind__sort", "pk"
        ):  # fmt: skip
            if post.kind.is_head or DESK_RIGHT in post.kind.rights:
                self.heads.setdefault(post.cell_id, []).append(post)
        for here in self.heads.values():
            here.sort(key=lambda post: (not post.kind.is_head, post.acting_for_id is None))

    def above(self, cell_id: int, but: int | None = None) -> Appointment | None:
        """The head (else the desk) of the parent cell, or of the next cell above that has one.

        `but` is a user who must not be found: nothing climbs to the person it comes from.
        """
        ref = self.tree.by_id.get(cell_id)
        while ref is not None and ref.parent_id is not None:
            ref = self.tree.by_id.get(ref.parent_id)
            for post in self.heads.get(ref.id, ()) if ref is not None else ():
                if post.user_id != but:
                    return post
        return None
