"""Finds the cell of a loaded row: by point, code, names of community and street, or address."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor, Refused
from gridpact.core.texts import register_refusals
from gridpact.grid.choices import Level
from gridpact.grid.selectors import Place
from gridpact.grid.tree import CellRef, Tree
from gridpact.orders.files.source import Entry
from gridpact.orders.services.intake import Intake, find_place

register_refusals(
    {
        "place_unknown": _("No community here is called “%(given)s”; name a cell for such rows."),
        "cell_elsewhere": _("%(cell)s lies outside the area of your posts."),
    }
)

_OFFICES = re.compile(r"(居委会|村委会|居民委员会|村民委员会|街道办事处|街道|镇人民政府|办事处)$")


class Finder:
    """Places rows within the area an actor may load into; `fallback` takes rows without a place."""

    def __init__(self, snapshot: Tree, fallback: str | None, actor: Actor) -> None:
        """Raises `Refused`: no such cell as `fallback`, or one outside the actor's area."""
        self.tree = snapshot
        grants = actor.grants_for("orders.load")
        self._roots = None if actor.is_system else tuple(f"/{each.cell_id}/" for each in grants)
        self._communities = _by_name(snapshot, Level.COMMUNITY)
        self._townships = _by_name(snapshot, Level.TOWNSHIP)
        names = sorted({*self._communities, *self._townships}, key=lambda name: (-len(name), name))
        # A name of one sign stands in too many addresses by chance.
        spelled = "|".join(re.escape(name) for name in names if len(name) > 1)
        self._in_address = re.compile(spelled or r"(?!)")
        self._fallback = None if fallback is None else self._own(self._by_code(fallback))

    def place(self, entry: Entry, intake: Intake) -> Place:
        """The place of one row. Raises `Refused` when there is none, or none of the actor's."""
        if intake.lon is not None or intake.cell:
            found = find_place(intake, self.tree)
            self._own(found.cell)
            return found
        named = self._by_names(*entry.places) or self._by_address(entry.address)
        if named is not None:
            return Place(self._own(named), "address")
        if self._fallback is not None:
            return Place(self._fallback, "chosen")
        given = " ".join(name for name in (*entry.places, entry.address) if name)
        if given:
            raise Refused("place_unknown", 422, field="community", given=given[:60])
        raise Refused("place_missing", 422, field="location")

    def _by_code(self, code: str) -> CellRef:
        ref = self.tree.by_code.get(code)
        if ref is None:
            raise Refused("cell_unknown", 422, field="cell", code=code[:20])
        return ref

    def _own(self, ref: CellRef) -> CellRef:
        if self._roots is not None and not any(root in ref.path for root in self._roots):
            raise Refused("cell_elsewhere", 422, field="cell", cell=ref.name)
        return ref

    def _by_names(self, community: str, street: str) -> CellRef | None:
        towns = self._townships.get(_core(street), []) if street else []
        found = self._communities.get(_core(community), []) if community else []
        if towns and len(found) > 1:
            found = [ref for ref in found if any(town.path in ref.path for town in towns)]
        if len(found) == 1:
            return found[0]
        return towns[0] if len(towns) == 1 else None

    def _by_address(self, address: str) -> CellRef | None:
        """The community named in an address, else the township; a doubled name decides nothing."""
        best: CellRef | None = None
        for name in self._in_address.findall(address):
            for known in (self._communities, self._townships):
                refs = known.get(name, [])
                if len(refs) == 1 and (best is None or best.level == Level.TOWNSHIP):
                    best = refs[0]
        return best


def _core(name: str) -> str:
    """`金水社区居委会` and `金水社区` → `金水`; `临桂镇` and `临桂街道` → `临桂`."""
    name = _OFFICES.sub("", name.strip())
    return name if len(name) <= 2 else re.sub(r"(社区|村|镇|乡)$", "", name)


def _by_name(snapshot: Tree, level: str) -> dict[str, list[CellRef]]:
    names: dict[str, list[CellRef]] = {}
    for ref in snapshot.by_id.values():
        if ref.level == level:
            names.setdefault(_core(ref.name), []).append(ref)
    return names
