"""Whom a rule's target means in one place: the post's holder, else the next one up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from gridpact.grid.choices import RANK
from gridpact.grid.models import Appointment, PostKind
from gridpact.grid.tree import CellRef, Tree
from gridpact.orgs.models import Org
from gridpact.routing.choices import Fallback
from gridpact.routing.rule import Target


@dataclass(frozen=True, slots=True)
class Holder:
    """A post in term, named as people know it."""

    id: int
    cell: int
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Receiver:
    """`to` as the dispatch form writes it; empty when the desk has to choose."""

    to: str
    label: str
    fallback: str = ""


@dataclass(slots=True)
class Receivers:
    """Posts and organisations that targets may mean, read with three queries for any number."""

    tree: Tree
    levels: Mapping[str, str] = field(default_factory=dict)  # post kind → level
    posts: dict[tuple[int, str], Holder] = field(default_factory=dict)
    heads: dict[int, Holder] = field(default_factory=dict)
    orgs: Mapping[str, Org] = field(default_factory=dict)

    @classmethod
    def read(
        cls, targets: Iterable[Target], snapshot: Tree, cells: Collection[int] | None = None
    ) -> Receivers:
        """What `targets` may mean, in `cells` only or anywhere."""
        found = list(targets)
        kinds = {each.post for each in found if each.post}
        codes = {each.org for each in found if each.org}
        made = cls(snapshot)
        if kinds:
            made.levels = dict(PostKind.objects.values_list("code", "level"))
            made._read_posts(kinds, cells)
        if codes:
            made.orgs = {org.code: org for org in Org.objects.active().filter(code__in=codes)}
        return made

    def _read_posts(self, kinds: set[str], cells: Collection[int] | None) -> None:
        rows = Appointment.objects.in_term().filter(user__is_active=True)
        rows = rows.filter(
            Q(kind__code__in=kinds) | Q(kind__is_head=True)
            | Q(kind__rights__contains="orders.accept")
        )  # fmt: skip
        if cells is not None:
            rows = rows.filter(cell_id__in=cells)
        rows = rows.order_by("kind__sort", "pk")
        for pk, cell, cell_name, code, kind, head, user, login in rows.values_list(
            "pk", "cell_id", "cell__name", "kind__code", "kind__name", "kind__is_head",
            "user__name", "user__username",
        ):  # fmt: skip
            holder = Holder(pk, cell, code, f"{cell_name} {kind} {user or login}")
            self.posts.setdefault((cell, code), holder)
            if head or cell not in self.heads:
                self.heads[cell] = holder

    def of(self, target: Target, cell: CellRef) -> Receiver:
        """The receiver of `target` for an order in `cell`."""
        if target.org:
            org = self.orgs.get(target.org)
            if org is None:
                return Receiver("", "", Fallback.BROKEN)
            return Receiver(f"org:{org.pk}", org.name)
        level = self.levels.get(target.post)
        if level is None:
            return Receiver("", "", Fallback.BROKEN)
        return self._post(target.post, level, cell)

    def _post(self, kind: str, level: str, cell: CellRef) -> Receiver:
        """Its holder on that level over the place; vacant, or above the place: the next head up."""
        own = cell.ancestors.get(level)
        if own is not None and (holder := self.posts.get((own, kind))) is not None:
            return Receiver(f"post:{holder.id}", holder.label)
        for above in sorted(cell.ancestors, key=RANK.__getitem__, reverse=True):
            head = self.heads.get(cell.ancestors[above])
            if head is not None and RANK[above] <= RANK[level] and head.kind != kind:
                return Receiver(f"post:{head.id}", head.label, Fallback.NOBODY)
        return Receiver("", "", Fallback.NOBODY)

    def is_held(self, kind: str, area: CellRef | None) -> bool:
        """Somebody holds a post of this kind somewhere in `area` (None: anywhere) or over it."""
        by_id = self.tree.by_id
        for cell, code in self.posts:
            ref = by_id.get(cell)
            if code == kind and ref is not None and _touches(ref, area):
                return True
        return False


def _touches(ref: CellRef, area: CellRef | None) -> bool:
    return area is None or ref.is_under(area.id) or area.is_under(ref.id)
