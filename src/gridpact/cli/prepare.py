"""What must stand before a server starts: compiled translations and collected static files.

Whether anything is to do is found out without loading the apps, so that a server starts fast.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

from gridpact.cli.output import CommandError, note
from gridpact.core import paths

PACKAGE = Path(__file__).resolve().parents[1]


def prepare_files() -> None:
    """Compile translations and collect static files, as far as their sources changed."""
    compile_messages()
    collect_static()


def compile_messages() -> int:
    """Compile translations whose source is newer than the result; return how many."""
    done = 0
    for source in sorted(PACKAGE.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            fresh = target.with_suffix(f".mo.{os.getpid()}")
            polib.pofile(str(source)).save_as_mofile(str(fresh))
            fresh.replace(target)
            done += 1
    return done


def collect_static() -> bool:
    """Collect static files when any source changed since the last time; return whether it did."""
    front = paths.frontend_dir()
    if not front.is_dir():
        raise CommandError(f"front-end packages are missing in {front}; run `make setup` first")
    mark, wanted = paths.home() / "static" / ".sources", _digest(front)
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return False
    note("collecting static files")
    command = ["manage", "collectstatic", "--noinput", "--clear", "--verbosity", "0"]
    done = subprocess.run([sys.executable, "-m", "gridpact.cli", *command], check=False)
    if done.returncode:
        raise CommandError("static files could not be collected")
    mark.write_text(wanted, encoding="utf-8")
    return True


def _digest(front: Path) -> str:
    """A digest over the apps' static files and the lock of the front-end packages."""
    hasher = hashlib.sha256(str(front).encode())
    for path in _sources(front):
        stat = path.stat()
        hasher.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return hasher.hexdigest()


def _sources(front: Path) -> Iterator[Path]:
    yield PACKAGE / "ui" / "storage.py"
    lock = front / ".package-lock.json"  # npm's own record of what it installed
    if lock.exists():
        yield lock
    for folder in sorted(PACKAGE.glob("*/static")):
        yield from sorted(path for path in folder.rglob("*") if path.is_file())
