"""The message catalogue without GNU gettext: find texts, keep the .po, make the .mo."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent
PO_FILE = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
_SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}
_TEMPLATE_CALL = re.compile(
    r"\b(?P<name>gettext|ngettext|pgettext|_)\(u?(?P<args>(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"(?:\s*,\s*u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))?)"
)


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """One text to translate."""

    msgid: str
    plural: str = ""
    context: str = ""


def _constants(call: ast.Call) -> list[str]:
    return [
        arg.value
        for arg in call.args
        if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
    ]


def _as_text(name: str, strings: list[str]) -> Text | None:
    if name in _SINGLE and strings:
        return Text(strings[0])
    if name in _PLURAL and len(strings) > 1:
        return Text(strings[0], plural=strings[1])
    if name in _CONTEXT and len(strings) > 1:
        return Text(strings[1], context=strings[0])
    return None


def python_texts(source: str) -> Iterator[Text]:
    """The texts of one Python file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
            found = _as_text(name, _constants(node))
            if found is not None:
                yield found


def template_texts(source: str) -> Iterator[Text]:
    """The texts of one template, through Django's own template reader."""
    for match in _TEMPLATE_CALL.finditer(templatize(source)):
        strings = ast.literal_eval(f"[{match['args']}]")
        found = _as_text(match["name"], strings)
        if found is not None:
            yield found


def all_texts() -> dict[Text, list[str]]:
    """Every text of the product with the files it stands in, sorted."""
    found: dict[Text, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for text in python_texts(path.read_text(encoding="utf-8")):
            found.setdefault(text, []).append(str(path.relative_to(PACKAGE)))
    for path in sorted([*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.txt")]):
        for text in template_texts(path.read_text(encoding="utf-8")):
            found.setdefault(text, []).append(str(path.relative_to(PACKAGE)))
    return dict(sorted(found.items()))


def read_catalogue() -> polib.POFile:
    """The kept translations (empty when there is no file yet)."""
    if PO_FILE.exists():
        return polib.pofile(str(PO_FILE), wrapwidth=100)
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = {
        "Language": "zh_Hans",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return catalogue


def entry_of(text: Text, places: list[str], known: dict[Text, polib.POEntry]) -> polib.POEntry:
    """The catalogue entry of a text, with its translation when there is one."""
    old = known.get(text)
    entry = polib.POEntry(
        msgid=text.msgid, occurrences=[(place, "") for place in sorted(set(places))]
    )
    if text.context:
        entry.msgctxt = text.context
    if text.plural:
        entry.msgid_plural = text.plural
        entry.msgstr_plural = old.msgstr_plural if old and old.msgstr_plural else {0: ""}
    else:
        entry.msgstr = old.msgstr if old else ""
    if "%(" in text.msgid or re.search(r"%[sd]", text.msgid):
        entry.flags.append("python-format")
    return entry


def key_of(entry: polib.POEntry) -> Text:
    """The text an entry translates."""
    return Text(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def update(extra: list[polib.POFile] | None = None) -> list[str]:
    """Bring the .po in step with the sources, take `extra` in; return what lacks a translation."""
    catalogue = read_catalogue()
    known = {key_of(entry): entry for entry in catalogue if not entry.obsolete}
    for file in extra or []:
        for entry in file:
            if entry.msgstr or any(entry.msgstr_plural.values()):
                known[key_of(entry)] = entry
    fresh = polib.POFile(wrapwidth=100)
    fresh.metadata = catalogue.metadata
    for text, places in all_texts().items():
        fresh.append(entry_of(text, places, known))
    PO_FILE.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(PO_FILE))
    return [entry.msgid for entry in fresh if not entry.translated()]


def compile_catalogue() -> Path:
    """Make the .mo beside the .po, when it is missing or older; returns its path."""
    target = PO_FILE.with_suffix(".mo")
    if not target.exists() or target.stat().st_mtime < PO_FILE.stat().st_mtime:
        read_catalogue().save_as_mofile(str(target))
    return target
