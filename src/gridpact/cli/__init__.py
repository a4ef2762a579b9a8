"""The `gridpact` command: run, load, export, look at and check an installation."""

from gridpact.cli.main import main

__all__ = ["main"]
