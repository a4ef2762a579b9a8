"""Text as it may come in from outside: no control characters, so that the database can keep it."""

from __future__ import annotations

import re
from typing import Annotated

from django.utils.translation import gettext
from pydantic import AfterValidator

# Line feed, carriage return and tab are text; NUL and the rest are not.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
MAX_WORDS = 5000


def checked_words(text: str) -> str:
    """`text` unchanged, or ValueError for control characters or more than 5,000 characters."""
    if CONTROL.search(text):
        raise ValueError(gettext("contains characters that are not text"))
    if len(text) > MAX_WORDS:
        raise ValueError(gettext("has more than %(most)s characters") % {"most": MAX_WORDS})
    return text


Words = Annotated[str, AfterValidator(checked_words)]
