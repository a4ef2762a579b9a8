"""Where this installation keeps its data and finds its front-end packages."""

from __future__ import annotations

import os
from pathlib import Path

from dotenv import load_dotenv


def read_env_file() -> None:
    """Take settings from `.env` in the current directory; the real environment wins."""
    load_dotenv(Path.cwd() / ".env")


def home() -> Path:
    """The data folder `GRIDPACT_HOME` (default `./var`), created on demand, as an absolute path."""
    folder = Path(os.environ.get("GRIDPACT_HOME") or "var").expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def frontend_dir() -> Path:
    """The `node_modules` folder: `GRIDPACT_FRONTEND`, else beside the sources of this checkout."""
    given = os.environ.get("GRIDPACT_FRONTEND")
    if given:
        return Path(given).resolve()
    return Path(__file__).resolve().parents[3] / "node_modules"
