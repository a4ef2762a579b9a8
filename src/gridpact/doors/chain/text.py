"""Cleans pasted texts: line ends, odd spaces, full-width and circled numbers, the chain mark."""

from __future__ import annotations

import re
import unicodedata

_HEAD = 8  # characters of a line whose full-width digits and signs are read as plain ones
MARK = re.compile(r"[#＃]\s*(?:接龙|接龍|Group\s+Note)\s*[:：]?", re.IGNORECASE)

_LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Group messages put U+2005 and no-break spaces between a name and the rest.
_SPACE = re.compile(r"[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# The joiner U+200D stays: families and professions among the emoji are held together by it.
_UNSEEN = re.compile(
    r"[\x00-\x09\x0e-\x1f\x7f\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\ufeff\ud800-\udfff]"
)
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_NUMBERED = re.compile(r"\(?\s?\d{1,5}\s?[.。、,:) ]")
_KEYCAPS = re.compile(r"^(?:[0-9]\ufe0f?\u20e3)+")
# ①–⑳ ㉑–㉟ ㊱–㊿, and ⑴–⒇, ⒈–⒛ which phones offer beside them.
_CIRCLED = (("\u2460", "\u249b"), ("\u3251", "\u325f"), ("\u32b1", "\u32bf"))
_NOT_WORD = re.compile(r"[\W_]+")


def normalise(text: str) -> str:
    """The text with plain line ends and spaces, and plain numbers at the start of its lines."""
    text = _LINE_END.sub("\n", text)
    text = _UNSEEN.sub("", _SPACE.sub(" ", text))
    return "\n".join(_plain_head(line.strip(" ")) for line in text.split("\n"))


def _plain_head(line: str) -> str:
    if not line:
        return line
    numbered = _circled(line)
    if numbered is not None:
        return numbered
    head = line[:_HEAD].translate(_WIDE)
    # A line without a number in front is text, and keeps its signs.
    return head + line[_HEAD:] if _NUMBERED.match(head) else line


def _circled(line: str) -> str | None:
    """`① 李明` and `1️⃣李明` as `1. 李明`; None for a line that starts otherwise."""
    caps = _KEYCAPS.match(line)
    if caps is not None:
        digits = re.sub(r"\D", "", caps[0].replace("\ufe0f", "").replace("\u20e3", ""))
        return f"{digits}. {line[caps.end() :].lstrip(' .、')}"
    first = line[0]
    # ①–⑳ ㉑–㉟ ㊱–㊿, and ⑴–⒇, ⒈–⒛ which phones offer beside them.
    if (
        "\u2460" <= first <= "\u249b"
        or "\u3251" <= first <= "\u325f"
        or "\u32b1" <= first <= "\u32bf"
    ):
        digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", first))
        return f"{digits}. {line[1:].lstrip(' .、')}"
    return None


def normal_title(title: str) -> str:
    """What makes two titles the same: letters and digits only, whatever their width and case."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", MARK.sub("", title)).casefold())
