"""Static files: hashed names, compressed once, and only what pages really load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

# What of the front-end packages the pages load; the rest of them stays in node_modules.
NEEDED = {
    "tabler": ("css/tabler.min.css", "js/tabler.min.js"),
    "htmx": ("htmx.min.js",),
    "leaflet": ("leaflet.js", "leaflet.css", "images/"),
    "echarts": ("echarts.min.js",),
}
UNUSED = {"django_htmx", "mfa", "account", "admin"}  # Python packages whose scripts no page uses


def is_needed(name: str) -> bool:
    """True when pages may load the static file `name` (a path below the static root)."""
    package, _, rest = name.replace("\\", "/").partition("/")
    if package in UNUSED:
        return False
    wanted = NEEDED.get(package)
    return wanted is None or any(
        rest.startswith(one) if one.endswith("/") else rest == one for one in wanted
    )


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # the base class is untyped
    """The manifest storage of whitenoise without the unused files of the packages.

    Links to files that were left out (source maps, sprites) stay as they are.
    """

    manifest_strict = False
    max_post_process_passes = 3

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """The name with its digest; a file that was left out keeps its plain name."""
        if not is_needed(name.lstrip("/")):
            return name
        hashed: str = super().hashed_name(name, content, filename)
        return hashed

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        """Hash and compress only the needed files; the others are removed again."""
        needed = {name: found for name, found in paths.items() if is_needed(name)}
        if not dry_run:
            for name in paths.keys() - needed.keys():
                self.delete(name)
        yield from super().post_process(needed, dry_run, **options)
