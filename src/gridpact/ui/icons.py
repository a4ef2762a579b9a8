"""Tabler icons as inline SVG, read once per process from the front-end packages."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_NAME = re.compile(r"[a-z0-9-]+")
_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_BOX = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


class UnknownIconError(LookupError):
    """No icon of that name is installed."""


@lru_cache(maxsize=512)
def _paths(name: str, style: str) -> SafeString:
    """The drawing inside the icon's svg element."""
    if not _NAME.fullmatch(name):
        raise UnknownIconError(name)
    file = Path(settings.ICON_DIR) / style / f"{name}.svg"
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise UnknownIconError(f"{style}/{name}") from error
    found = _BODY.search(text)
    if found is None:
        raise UnknownIconError(f"{style}/{name}")
    body = _BOX.sub("", found.group(1))
    return mark_safe(" ".join(body.split()))


def svg(name: str, *, filled: bool = False, classes: str = "") -> SafeString:
    """Inline SVG of an icon, hidden from screen readers. Raises `UnknownIconError`."""
    body = _paths(name, "filled" if filled else "outline")
    paint = (
        'fill="currentColor"' if filled else 'fill="none" stroke="currentColor" stroke-width="2"'
    )
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" width="24" height="24" {} '
        'aria-hidden="true">{}</svg>',
        f" {classes}" if classes else "",
        mark_safe(paint),
        body,
    )
