"""The public sign as an A3 page: typeset by Typst from `typst/sign.typ`, fonts from a package."""

from __future__ import annotations

import io
import math
from functools import cache
from importlib.resources import files

import orjson
import pylopdf_fonts_zh_cn
import segno
import typst
from django.utils.translation import gettext as _

from gridpact.core import clock
from gridpact.grid.choices import Level
from gridpact.grid.sign import Named, Sign
from gridpact.grid.sketch import Area, sketch

_MOST_PARTS = 24  # lines that fit under the map
_MAP_WIDTH_MM, _FREE_MM, _LINE_MM = 232, 178, 10.2  # the column of the map in `sign.typ`


def poster(sign: Sign, address: str) -> bytes:
    """The sign as a PDF; `address` is the page the QR code leads to."""
    source = (files("gridpact.grid") / "typst" / "sign.typ").read_bytes()
    inputs = {
        "data": orjson.dumps(_data(sign)).decode(),
        "map": _drawing(sign),
        "qr": _qr(address),
    }
    made = typst.compile(
        source,
        font_paths=_fonts(),
        format="pdf",
        sys_inputs=inputs,
    )
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    """The packaged fonts alone, so that a sign looks the same on every machine."""
    folder = pylopdf_fonts_zh_cn.sans_path().parent
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )


def _drawing(sign: Sign) -> str:
    if sign.cell.boundary is None:
        return ""
    inside = [
        Area(part.boundary, _short(part.name, sign.cell.name))
        for part in sign.parts
        if part.boundary
    ]
    height = round(1000 * _map_mm(sign) / _MAP_WIDTH_MM)
    return sketch(sign.cell.boundary, inside, sign.around, width=1000, height=height)


def _columns(sign: Sign) -> int:
    return 3 if len(sign.parts) > 12 else 2


def _map_mm(sign: Sign) -> float:
    """How high the map may be, so that the lines below it fit."""
    lines = math.ceil(min(len(sign.parts), _MOST_PARTS) / _columns(sign))
    return _FREE_MM - max(lines, 1) * _LINE_MM


def _short(name: str, above: str) -> str:
    """The name without what every part of this cell begins with."""
    return name.removeprefix(above) or name


def _qr(address: str) -> str:
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawing, kind="svg", border=1, xmldecl=False)
    return drawing.getvalue().decode()


def _data(sign: Sign) -> dict[str, object]:
    cell = sign.cell
    facts = [
        (_("Code"), cell.code),
        (_("Declared doors"), str(cell.doors) if cell.doors else "–"),
    ]
    if sign.parts:
        facts.append((str(Level(sign.parts_level).label), str(len(sign.parts))))
    return {
        "title": _("Grid sign"),
        "name": cell.name,
        "above": " · ".join(sign.above),
        "map_title": _("Sketch of the ground"),
        "map_mm": _map_mm(sign),
        "columns": _columns(sign),
        "no_map": _("No outline has been entered yet."),
        "people_title": _("Who answers here"),
        "people": [_card(one) for one in sign.answering],
        "nobody": _("vacant"),
        "parts_title": _("Inside"),
        "parts": [
            {"name": _short(part.name, cell.name), **(_card(part.head) if part.head else {})}
            for part in sign.parts[:_MOST_PARTS]
        ],
        "facts": facts,
        "scan": _("Scan to see this cell and place an order"),
        "says": _("Something to report? Tell the people named here, or scan the code."),
        "as_of": _("As of %(day)s. The page behind the code is always current.")
        % {"day": clock.today().isoformat()},
    }


def _card(one: Named) -> dict[str, str]:
    return {"post": one.post, "place": one.place, "holder": one.holder, "phone": one.phone}
