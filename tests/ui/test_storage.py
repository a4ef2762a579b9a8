"""Static files: only what pages load, small enough for a village network."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from gridpact.ui.storage import is_needed

LIMIT = 190_000  # bytes of CSS and JavaScript of a page without map, compressed


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("tabler/css/tabler.min.css", True),
        ("tabler/css/tabler.css", False),
        ("tabler/css/tabler.min.css.map", False),
        ("tabler/libs/plyr/dist/plyr.js", False),
        ("leaflet/images/layers.png", True),
        ("leaflet/leaflet-src.js", False),
        ("htmx/htmx.min.js", True),
        ("ui/gridpact.css", True),
        ("orders/desk.js", True),
        ("mfa/js/webauthn.js", False),
    ],
)
def test_only_files_that_pages_load_are_needed(name: str, needed: bool) -> None:
    assert is_needed(name) is needed


def test_collected_files_are_few_hashed_compressed_and_light(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "gridpact.ui.storage.StaticStorage"},
    }
    started = time.process_time()
    call_command("collectstatic", interactive=False, verbosity=0)
    assert time.process_time() - started < 30  # of the processor; some 4 s are usual
    base = Path("src/gridpact/ui/templates/ui/base.html").read_text()
    linked = re.findall(r"{% static '([\w/.]+\.(?:css|js))' %}", base)
    assert len(linked) >= 6
    total = 0
    for name in linked:
        stem, _, suffix = name.rpartition(".")
        found = sorted(tmp_path.glob(f"{stem}.????????????.{suffix}.br"))
        assert len(found) == 1, name
        assert found[0].with_suffix(".gz").exists()
        total += found[0].with_suffix(".gz").stat().st_size
    assert total < LIMIT
    assert not (tmp_path / "tabler" / "css" / "tabler.css").exists()
    assert len(list(tmp_path.rglob("*.*"))) < 200
