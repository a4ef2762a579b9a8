"""Words of the command line, also before the apps are loaded: help is shown without them."""

from __future__ import annotations

import gettext
import os
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).resolve().parents[1] / "locale"


def language() -> str:
    """English where the terminal asks for it, else Chinese."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    return "en" if wanted.lower().startswith("en") else "zh-hans"


@cache
def _book(wanted: str) -> gettext.NullTranslations:
    if wanted == "en":
        return gettext.NullTranslations()
    return gettext.translation("django", LOCALE, ["zh_Hans"], fallback=True)


def say(text: str) -> str:
    """The text in the language of the terminal; as it is where no translation was made yet."""
    return _book(language()).gettext(text)
