"""What commands print: text for people, or one JSON value for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import orjson


class CommandError(Exception):
    """A command cannot do what it was asked; the message is one sentence for the person."""


def show(args: Any, value: Any, lines: Iterable[str]) -> None:
    """Print `value` as JSON when `--json` was given, else the lines."""
    if getattr(args, "json", False):
        sys.stdout.write(orjson.dumps(value, default=str).decode() + "\n")
    else:
        for line in lines:
            sys.stdout.write(line + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """A line for people on stderr, which leaves stdout to the result."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
