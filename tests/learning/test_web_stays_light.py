"""The web server never loads the trainer or the dictionary."""

from __future__ import annotations

import os
import subprocess
import sys

LOADED = """
import sys, django
django.setup()
import gridpact.config.urls
print(sorted({"sklearn", "scipy", "rjieba"} & {name.split(".")[0] for name in sys.modules}))
"""


def test_pages_and_calls_load_neither_trainer_nor_dictionary() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "gridpact.config.settings_test"},
    )
    assert done.stdout.strip() == "[]"
