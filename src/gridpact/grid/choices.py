"""Levels of the tree and the kinds of posts a district starts with (domain.md §1)."""

from __future__ import annotations

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals


class Level(models.TextChoices):
    """Levels of the territory tree, from the top; tiers 1–3 are community, grid, micro-grid."""

    PROVINCE = "PROVINCE", _("province")
    CITY = "CITY", _("city")
    DISTRICT = "DISTRICT", _("district")
    TOWNSHIP = "TOWNSHIP", _("township")
    COMMUNITY = "COMMUNITY", _("community (tier 1)")
    GRID = "GRID", _("grid (tier 2)")
    MICRO_GRID = "MICRO_GRID", _("micro-grid (tier 3)")
    UNIT = "UNIT", _("unit (stairwell)")


RANK = {level.value: rank for rank, level in enumerate(Level)}
CHILD_LEVEL = {
    level.value: below.value for level, below in zip(Level, list(Level)[1:], strict=False)
}


class CellKind(models.TextChoices):
    """Basic grids cover ground; dedicated grids (901–999) are sites with a manager of their own."""

    BASIC = "BASIC", _("basic grid")
    DEDICATED = "DEDICATED", _("dedicated grid")


class RedrawKind(models.TextChoices):
    """What a redraw does to the tree."""

    RENAME = "RENAME", _("rename")
    MOVE = "MOVE", _("move under another cell")
    SPLIT = "SPLIT", _("split")
    MERGE = "MERGE", _("merge")
    CLOSE = "CLOSE", _("close the cell")
    BOUNDARY = "BOUNDARY", _("new boundary")
    LOAD = "LOAD", _("loaded from a file")


class RedrawState(models.TextChoices):
    """A redraw waits for its day, is done, or was taken back."""

    PLANNED = "PLANNED", _("planned")
    DONE = "DONE", _("done")
    UNDONE = "UNDONE", _("taken back")


class PostKindSpec(NamedTuple):
    """A kind of post as shipped: `rights` are dotted verbs held over the post's subtree."""

    code: str
    name: str
    level: str
    is_head: bool
    rights: tuple[str, ...]


_READ = ("orders.read", "orders.submit_for", "grid.read")
_FIELD = (*_READ, "orders.claim_member")
_HEAD = (
    *_READ, "orders.accept", "orders.triage", "orders.offer", "orders.dispatch", "orders.verify",
    "orders.close", "orders.callback", "orders.claim_member", "orders.reveal", "orders.guide",
    "orders.escalate", "orders.merge", "orders.split", "orders.urge", "supervision.read",
)  # fmt: skip
_DESK = (
    *_HEAD, "orders.reject", "orders.load", "orders.export", "orders.extend", "orders.suspend",
    "orders.supervise", "orders.send_down", "grid.edit", "orgs.edit", "figures.read",
)  # fmt: skip
_UPPER = (*_DESK, "orders.whistle")

POST_KINDS = (
    PostKindSpec(
        "district_desk",
        "区社会治理中心",
        Level.DISTRICT,
        is_head=False,
        rights=(*_UPPER, "grid.load", "clocks.edit", "routing.edit"),
    ),
    PostKindSpec("township_desk", "镇社管中心", Level.TOWNSHIP, is_head=False, rights=_UPPER),
    PostKindSpec("community_desk", "社区受理员", Level.COMMUNITY, is_head=False, rights=_DESK),
    PostKindSpec("general_head", "总网格长", Level.COMMUNITY, is_head=True, rights=(*_DESK,)),
    PostKindSpec("area_head", "片区长", Level.GRID, is_head=True, rights=_HEAD),
    PostKindSpec("grid_worker", "网格员", Level.GRID, is_head=False, rights=_FIELD),
    PostKindSpec("liaison_cadre", "包联干部", Level.GRID, is_head=False, rights=_FIELD),
    PostKindSpec(
        "building_leader",
        "楼栋长",
        Level.MICRO_GRID,
        is_head=True,
        rights=(*_FIELD, "orders.verify"),
    ),
    PostKindSpec("unit_leader", "单元长", Level.UNIT, is_head=True, rights=_FIELD),
    PostKindSpec("officer", "部门网格力量", Level.COMMUNITY, is_head=False, rights=_FIELD),
    PostKindSpec(
        "orgdept",
        "组织部",
        Level.DISTRICT,
        is_head=False,
        rights=("grid.read", "figures.read", "orgs.edit"),
    ),
    PostKindSpec(
        "system_admin",
        "系统管理员",
        Level.DISTRICT,
        is_head=False,
        rights=("system.doctor", "grid.read", "clocks.edit"),
    ),
    PostKindSpec(
        "security_admin",
        "安全管理员",
        Level.DISTRICT,
        is_head=False,
        rights=("accounts.manage", "grid.read"),
    ),
    PostKindSpec(
        "audit_admin", "审计管理员", Level.DISTRICT, is_head=False, rights=("audit.read",)
    ),
)

register_refusals(
    {
        "cell_unknown": _("No cell has the code %(code)s."),
        "outside_district": _("This point lies outside the district."),
        "cell_invalid": _("Row %(row)s: %(why)s"),
        "appointment_overlaps": _("%(cell)s already has a %(kind)s on these days."),
        "appointment_ended": _("This term ended on %(day)s already."),
        "appointment_backwards": _("The term ends before it starts."),
        "acting_elsewhere": _("A deputy acts as %(kind)s of %(cell)s, for its holder."),
        "acting_for_oneself": _("Nobody deputises for themselves."),
        "acting_without_end": _("Give the last day on which the deputy acts."),
        "absence_backwards": _("The absence ends before it begins."),
        "absence_out_of_term": _("The absence lies outside the term."),
        "absence_noted": _("An absence is already noted on these days."),
        "no_sign": _("Signs are made for communities, grids, buildings and stairwells."),
        "wrong_level": _("A %(kind)s is appointed on a %(level)s, not on %(cell)s."),
    }
)
