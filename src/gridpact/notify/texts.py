"""Sentences of messages: each app registers its templates once; they are rendered when read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise

_TEXTS: dict[str, Promise | str] = {}


def register_texts(texts: Mapping[str, Promise | str]) -> None:
    """Add an app's message templates (`%(name)s` placeholders)."""
    _TEXTS.update(texts)


def render_text(template: str, params: Mapping[str, Any]) -> str:
    """The sentence of a template in the active language."""
    return str(_TEXTS[template]) % {key: str(value) for key, value in params.items()}
