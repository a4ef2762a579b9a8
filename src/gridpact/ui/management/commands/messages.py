"""`gridpact manage messages`: keep the Chinese catalogue in step with the sources."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import polib
from django.core.management.base import BaseCommand, CommandError

from gridpact.ui import catalogue


class Command(BaseCommand):
    """Update and compile the catalogue; fails and lists the texts that lack a translation."""

    help = "Update the Chinese message catalogue and list what is not translated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Accept .po files whose translations are taken over."""
        parser.add_argument("--merge", nargs="*", default=[], metavar="PO")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        missing = catalogue.update([polib.pofile(name) for name in options["merge"]])
        catalogue.compile_catalogue()
        if missing:
            raise CommandError("Not translated:\n" + "\n".join(missing))
        self.stdout.write("Every text is translated.")
