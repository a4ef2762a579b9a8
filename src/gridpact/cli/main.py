"""Arguments, exit codes and the one place where a refusal becomes a sentence on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import django
import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils import translation

from gridpact.cli.arguments import parser
from gridpact.cli.output import CommandError
from gridpact.cli.prepare import compile_messages
from gridpact.cli.words import language
from gridpact.core import database, paths
from gridpact.core.access import Refused
from gridpact.core.cluster import DatabaseUnavailable

DONE, REFUSED, USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused with a sentence on stderr, 2 wrong usage."""
    given = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        _compile_words()
        args = parser().parse_args(given)
    except SystemExit as stop:  # argparse has printed help (0) or what is wrong (2)
        return int(stop.code or 0)
    try:
        _prepare(args.needs)
        module, function = args.run.split(":")
        # Loaded by name: a command's module imports models, which need the settings first.
        result: int | None = getattr(import_module(module), function)(args)
    except BrokenPipeError:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until exit
        return DONE
    except KeyboardInterrupt:
        return 130
    except (Refused, CommandError, DatabaseUnavailable, DatabaseError, psycopg.Error) as error:
        return _refuse(error)
    except (OSError, ImproperlyConfigured, ValueError) as error:
        return _refuse(error)
    return DONE if result is None else result


def _compile_words() -> None:
    """Help speaks Chinese too; where nothing can be written it speaks English."""
    with suppress(OSError):
        compile_messages()


def _prepare(needs: str) -> None:
    """Read `.env`; then start the database and load the apps, as far as the command needs them."""
    paths.read_env_file()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridpact.config.settings")
    if needs in {"database", "all"}:
        database.ensure_running()
    if needs in {"apps", "all"}:
        django.setup()
        translation.activate(language())


def _refuse(error: Exception) -> int:
    """One sentence on stderr, without a traceback."""
    if isinstance(error, OSError) and error.filename:
        sentence = f"{error.filename}: {error.strerror}"
    else:
        sentence = str(error).strip()
    first = sentence.splitlines()[0] if sentence else type(error).__name__
    print(f"gridpact: {first}", file=sys.stderr)
    return REFUSED
