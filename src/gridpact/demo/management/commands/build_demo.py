"""Builds the demo district into an empty database and says who can sign in, as JSON."""

from __future__ import annotations

import json
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from gridpact.demo.build import RESIDENTS, SEED, build_demo
from gridpact.demo.people import ACCOUNT_LABELS

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is misread


class Command(BaseCommand):
    """`build_demo`: prints `{"password": …, "accounts": {username: who}, "built": {…}}`."""

    help = "Build the demo district if the database is empty."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many people place the orders, and the seed everything is drawn from."""
        parser.add_argument("--residents", type=int, default=RESIDENTS)
        parser.add_argument("--seed", type=int, default=SEED)

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, then print."""
        password = demo_password(Path(settings.HOME))
        built = build_demo(password=password, residents=options["residents"], seed=options["seed"])
        facts = {"password": password, "accounts": ACCOUNT_LABELS, "built": built}
        self.stdout.write(json.dumps(facts, ensure_ascii=False))


def demo_password(home: Path) -> str:
    """The password of all demo accounts: made once, kept in the data folder for its owner only."""
    path = home / "demo-password"
    if not path.exists():
        path.touch(mode=0o600)
        word = "".join(secrets.choice(_LETTERS) for _ in range(16))
        path.write_text(word, encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()
