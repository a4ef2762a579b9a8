"""Encryption of personal fields (the algorithm stands with the value), digests to find them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import unicodedata
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_PREFIX = "aesgcm1:"


@cache
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(hashlib.blake2b(key, digest_size=32, person=b"field").digest())


def seal(text: str) -> str:
    """Encrypt `text` (AES-256-GCM, random nonce); the empty string stays empty."""
    if not text:
        return ""
    nonce = os.urandom(12)
    sealed = _cipher(settings.FIELD_KEY).encrypt(nonce, text.encode(), None)
    return _PREFIX + base64.b64encode(nonce + sealed).decode()


def unseal(stored: str) -> str:
    """Decrypt what `seal` made. Raises ValueError on an unknown algorithm."""
    if not stored:
        return ""
    if not stored.startswith(_PREFIX):
        raise ValueError("unknown cipher in a sealed field")
    raw = base64.b64decode(stored[len(_PREFIX) :])
    return _cipher(settings.FIELD_KEY).decrypt(raw[:12], raw[12:], None).decode()


def digest(kind: str, text: str) -> str:
    """Keyed digest (32 hex digits) of a normalised value, for exact search and equality.

    `kind` separates fields, so that a phone never matches an id number.
    """
    normal = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()
    if not normal:
        return ""
    key = hashlib.blake2b(settings.FIELD_KEY, digest_size=32, person=b"search").digest()
    return hmac.new(key, f"{kind}\0{normal}".encode(), hashlib.sha256).hexdigest()[:32]


_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs, none that is misread


def short_code(kind: str, text: str, length: int = 8) -> str:
    """A code derived from `text` by the installation's key: nothing to store, nothing to leak."""
    key = hashlib.blake2b(settings.FIELD_KEY, digest_size=32, person=b"code").digest()
    raw = hmac.new(key, f"{kind}\0{text}".encode(), hashlib.sha256).digest()
    return "".join(_ALPHABET[byte & 31] for byte in raw[:length])
