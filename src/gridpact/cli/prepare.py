"""What must stand before a server starts: compiled translations and collected static files."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import polib
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from gridpact.cli.output import CommandError, note
from gridpact.core.paths import frontend_dir


def compile_messages() -> int:
    """Compile translations whose source is newer than the result; return how many."""
    done = 0
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                fresh = target.with_suffix(f".mo.{os.getpid()}")
                polib.pofile(str(source)).save_as_mofile(str(fresh))
                fresh.replace(target)
                done += 1
    return done


def collect_static() -> bool:
    """Collect static files when any source changed since the last time; return whether it did."""
    missing = [name for name, folder in settings.STATICFILES_DIRS if not Path(folder).is_dir()]
    if missing:
        raise CommandError(
            f"front-end packages are missing in {frontend_dir()} ({', '.join(missing)}); "
            "run `make setup` first"
        )
    root = Path(settings.STATIC_ROOT)
    mark, wanted = root / ".sources", _sources()
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return False
    note("collecting static files")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    mark.write_text(wanted, encoding="utf-8")
    return True


def _sources() -> str:
    """A digest over the names, sizes and times of all static sources."""
    hasher = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            hasher.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return hasher.hexdigest()
