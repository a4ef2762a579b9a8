"""Columns, figures and map features of the reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.grid.tree import Tree
from gridpact.networks.choices import Found, Served
from gridpact.networks.models import Network
from gridpact.networks.selectors.report import Finding, Line, Report
from gridpact.ui import parts
from gridpact.ui.sheets import SheetColumn

TONES: dict[str, parts.Tone] = {Served.FULL: "green", Served.PART: "amber", Served.NONE: "red"}
GRID = parts.Column(_("Grid"), "main")
PLACE = parts.Column(_("Where"))
SERVED = parts.Column(_("Served"))
MISSING = parts.Column(_("Not served"), "number")
THEIRS = parts.Column(_("Their cells"))
WHAT = parts.Column(_("Finding"), "main")
OURS = parts.Column(_("Our cells"))
SHARE = parts.Column(_("Share"), "number")
AREA = parts.Column(_("Area (ha)"), "number")
_SHOWN_CODES = 6


def percent(share: float | None) -> str:
    """0.1234 → 12.3 %."""
    return "" if share is None else f"{share * 100:.1f}%".replace(".0%", "%")


def hectares(area_m2: float | None) -> str:
    """Square metres as hectares with two decimals."""
    return "" if area_m2 is None else f"{area_m2 / 10_000:,.2f}"


def network_table(reports: Sequence[Report], query: str) -> parts.Table:
    """Networks with how they lie on the grids."""
    counted = [
        *Served.choices,
        *((kind.value, kind.label) for kind in Found if kind not in {Found.GAP, Found.LOST}),
    ]  # a gap is a grid served in part or not at all
    columns = (
        parts.Column(_("Network"), "main"), parts.Column(_("Department")),
        *(parts.Column(label, "number") for _value, label in counted),
    )  # fmt: skip
    rows = [
        (
            one.network.code,
            href_of(one.network, query),
            (one.network.name, one.network.org.name, *(one.counts[value] for value, _l in counted)),
        )
        for one in reports
    ]
    return parts.Table.of(columns, rows, _("Networks of departments"))


def href_of(network: Network, query: str = "") -> str:
    """The report of a network."""
    href = reverse("networks:report", kwargs={"code": network.code})
    return f"{href}?{query}" if query else href


def stats(report: Report, query: str) -> list[parts.Stat]:
    """What the report counts; each number opens its rows."""
    prefix = f"?{query}&" if query else "?"
    tones: dict[str, parts.Tone] = {Served.FULL: "green", Served.NONE: "red"}
    return [
        parts.Stat(
            label, f"{prefix}show={value}#rows", report.counts[value],
            icon=_icon(value, report.counts[value]),
            tone=tones.get(value, "amber") if report.counts[value] else "",
        )
        for value, label in (*Served.choices, *Found.choices)
    ]  # fmt: skip


def _icon(value: str, count: int) -> str:
    good = value == Served.FULL or not count
    return "circle-check" if good else "alert-triangle"


def line_table(lines: Iterable[Line], snapshot: Tree) -> parts.Table:
    """Our grids with who of the network serves them."""
    columns = (GRID, PLACE, SERVED, MISSING, THEIRS)
    rows = [
        (
            line.cell.code,
            reverse("grid:cell", kwargs={"code": line.cell.code}),
            (
                line.cell.name, above(line, snapshot), Served(line.served).label,
                percent(line.missing) if line.missing else "", theirs(line),
            ),
        )
        for line in lines
    ]  # fmt: skip
    return parts.Table.of(columns, rows, _("Our grids"))


def above(line: Line, snapshot: Tree) -> str:
    """The community of a grid."""
    parent = snapshot.by_id.get(line.cell.parent_id or 0)
    return parent.name if parent is not None else ""


def theirs(line: Line) -> str:
    """Their cells with the share of our ground."""
    return "、".join(f"{part.name} {percent(part.of_ours)}" for part in line.parts)


def finding_table(findings: Iterable[Finding], report: Report, snapshot: Tree) -> parts.Table:
    """Findings with the cells of both sides."""
    columns = (WHAT, OURS, THEIRS, SHARE, AREA)
    rows = []
    for one in findings:
        first = snapshot.by_code.get(one.cells[0]) if one.cells else None
        href = reverse("grid:cell", kwargs={"code": first.code}) if first is not None else ""
        rows.append(
            (
                "-".join((one.kind, *one.cells[:1], *one.theirs)), href,
                (one.label, *_sides(one, report, snapshot), percent(one.share),
                 hectares(one.area_m2)),
            )
        )  # fmt: skip
    return parts.Table.of(columns, rows, _("Findings"))


def _sides(one: Finding, report: Report, snapshot: Tree) -> tuple[str, str]:
    """Names of our cells and of theirs; long lists are cut."""
    ours = [
        snapshot.names(snapshot.by_code[code].id, "TOWNSHIP") if code in snapshot.by_code else code
        for code in one.cells
    ]
    more = f" … ({len(ours)})" if len(ours) > _SHOWN_CODES else ""
    names = [f"{report.names.get(code, '')} {code}".strip() for code in one.theirs]
    return "、".join(ours[:_SHOWN_CODES]) + more, "、".join(names)


SHEET = (
    SheetColumn(_("Grid code"), 20), SheetColumn(_("Grid"), 20), SheetColumn(_("Community"), 20),
    SheetColumn(_("Served"), 12), SheetColumn(_("Not served, share"), 16),
    SheetColumn(_("Their cells"), 40), SheetColumn(_("Finding"), 20),
)  # fmt: skip


def sheet_rows(report: Report, snapshot: Tree) -> Iterable[tuple[object, ...]]:
    """Rows of the export: every grid with its findings, then findings without a grid of ours."""
    by_cell: dict[str, list[str]] = {}
    for one in report.findings:
        for code in one.cells:
            by_cell.setdefault(code, []).append(one.label)
    for line in report.lines:
        yield (
            line.cell.code, line.cell.name, above(line, snapshot), Served(line.served).label,
            line.missing, theirs(line), "、".join(by_cell.get(line.cell.code, ())),
        )  # fmt: skip
    for one in report.findings:
        if not one.cells:
            names = "、".join(f"{report.names.get(code, '')} {code}" for code in one.theirs)
            yield ("", "", "", "", one.share, names, one.label)


def features(report: Report, boundaries: dict[int, Any]) -> dict[str, Any]:
    """GeoJSON of our grids, coloured by how far they are served; WGS-84."""
    found = [
        {
            "type": "Feature",
            "properties": {
                "code": line.cell.code,
                "name": line.cell.name,
                "tone": TONES[line.served],
                "href": reverse("grid:cell", kwargs={"code": line.cell.code}),
                "facts": [
                    [str(SERVED.label), str(Served(line.served).label)],
                    *([part.name, percent(part.of_ours)] for part in line.parts),
                ],
            },
            "geometry": boundaries[line.cell.id],
        }
        for line in report.lines
        if line.cell.id in boundaries
    ]
    return {"type": "FeatureCollection", "features": found}


def points(report: Report) -> dict[str, Any]:
    """GeoJSON points of the findings that have a place; WGS-84."""
    found = [
        {
            "type": "Feature",
            "properties": {
                "label": f"{one.label} {'、'.join((*one.cells[:1], *one.theirs))}",
                "tone": "red" if one.kind == Found.GAP else "amber",
                "href": f"?show={one.kind}#rows",
            },
            "geometry": {"type": "Point", "coordinates": list(one.point)},
        }
        for one in report.findings
        if one.point is not None
    ]
    return {"type": "FeatureCollection", "features": found}
