"""Every text has a Chinese translation, and placeholders survive it."""

from __future__ import annotations

import re

from gridpact.ui import catalogue

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


def test_catalogue_holds_every_text_of_the_sources_and_nothing_else() -> None:
    kept = {catalogue.key_of(entry) for entry in catalogue.read_catalogue()}
    assert kept == set(catalogue.all_texts()), "run `make messages`"


def test_every_text_is_translated() -> None:
    missing = [entry.msgid for entry in catalogue.read_catalogue() if not entry.translated()]
    assert missing == []


def test_translations_keep_the_placeholders() -> None:
    broken = []
    for entry in catalogue.read_catalogue():
        wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
        broken += [entry.msgid for text in texts if set(PLACEHOLDER.findall(text)) != wanted]
    assert broken == []


def test_extraction_reads_python_and_templates() -> None:
    source = 'label = _("open")\nmany = ngettext("%(n)d day", "%(n)d days", n)'
    assert {text.msgid for text in catalogue.python_texts(source)} == {"open", "%(n)d day"}
    template = (
        '{% load i18n %}{% translate "one" %}{% blocktranslate trimmed with a=b %}\n two {{ a }}\n'
        "{% endblocktranslate %}{% blocktranslate count n=rows %}{{ n }} row{% plural %}"
        "{{ n }} rows{% endblocktranslate %}"
    )
    found = set(catalogue.template_texts(template))
    assert {text.msgid for text in found} == {"one", "two %(a)s", "%(n)s row"}
    assert catalogue.Text("%(n)s row", plural="%(n)s rows") in found
