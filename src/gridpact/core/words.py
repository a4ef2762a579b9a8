"""Texts and times as they may come in from outside, so that the database can keep them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext
from pydantic import AfterValidator

from gridpact.core.clock import LOCAL

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


def checked_moment(moment: datetime) -> datetime:
    """`moment` with an offset (without one it is China Standard Time), or ValueError."""
    if not 1950 <= moment.year <= 2150:
        raise ValueError(gettext("is not a date of our time"))
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)


Moment = Annotated[datetime, AfterValidator(checked_moment)]
