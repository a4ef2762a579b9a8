"""Components: what they say, what they escape, and the rules every template keeps."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

import gridpact
from gridpact.core import clock
from gridpact.ui import icons, parts
from gridpact.ui.paging import Page

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
TEMPLATES = sorted(Path(gridpact.__file__).parent.glob("*/templates/**/*.html"))
SHORT = {"name": "<b>x</b>"}


def draw(source: str, **context: Any) -> str:
    with clock.frozen(NOW), translation.override("en"):
        return Template(source).render(Context(context))


class Sample(forms.Form):
    text = forms.CharField(label="Text", help_text="say it")
    kind = forms.ChoiceField(label="Kind", choices=[("", "all"), ("A", "apple"), ("B", "bear")])
    only = forms.BooleanField(label="Only", required=False)
    mood = forms.ChoiceField(
        label="Mood", choices=[("1", "good"), ("2", "fair"), ("3", "bad")], widget=forms.RadioSelect
    )


def test_the_light_has_colour_icon_word_and_exact_time() -> None:
    html = draw("{% light due start %}", due=NOW + timedelta(hours=6), start=NOW)
    assert "gp-light-green" in html
    assert "<svg" in html
    assert 'datetime="2026-11-23T12:00:00+00:00"' in html
    assert ">6 hours left</time>" in html


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"), [(48, 50, "96%"), (0, 0, "–"), (0, 3, "0%")]
)
def test_a_rate_shows_its_counts_and_a_dash_for_nothing(
    numerator: int, denominator: int, shown: str
) -> None:
    figure = parts.Stat("Satisfied", "/l", numerator=numerator, denominator=denominator)
    html = draw("{% stat figure %}", figure=figure)
    assert f'<span class="gp-stat-value">{shown}</span>' in html
    assert f">{numerator}/{denominator}<" in html
    assert 'href="/l"' in html


def test_a_plain_figure_has_thousands_and_an_unknown_one_a_dash() -> None:
    assert parts.Stat("a", "/", 1239).shown == "1,239"
    assert parts.Stat("a", "/").shown == "–"


def test_a_field_ties_label_help_and_error_to_its_control() -> None:
    html = draw("{% form_body form %}", form=Sample({}))
    assert '<label class="gp-label" for="id_text">' in html
    assert 'aria-describedby="id_text_help id_text_error"' in html
    assert 'id="id_text_error"' in html
    assert '<a href="#id_text">Text</a>' in html
    assert 'class="form-select"' in html


def test_faces_are_radios_that_work_without_script() -> None:
    html = draw("{% faces form.mood %}", form=Sample())
    assert html.count('type="radio"') == 3
    assert 'value="3"' in html
    assert 'for="id_mood_2"' in html


def test_possible_actions_are_buttons_and_the_others_say_why_not() -> None:
    actions = [
        parts.Action("Go", "/go", primary=True),
        parts.Action("Post", "/p", method="post", name="verb", value="v"),
        parts.Action("Later", possible=False, reason="not yet"),
    ]
    html = draw("{% next_actions actions %}", actions=actions, csrf_token="t0k")
    assert '<a class="btn btn-primary" href="/go">' in html
    assert 'name="verb" value="v"' in html
    assert 'value="t0k"' in html
    assert "not yet" in html
    assert "Later</a>" not in html


def test_filter_pills_show_the_choice_and_lead_to_the_list_without_it() -> None:
    request = RequestFactory().get("/l", {"kind": "B", "only": "on", "text": "x", "cursor": "c"})
    html = draw('{% filter_bar form search="text" %}', form=Sample(request.GET), request=request)
    assert 'href="/l?only=on&amp;text=x"' in html
    assert "</span> bear" in html
    assert "</span> yes" in html


def test_the_pager_keeps_the_filters_and_draws_nothing_for_one_page() -> None:
    request = RequestFactory().get("/l", {"kind": "B", "cursor": "old"})
    page = Page(items=[1], next="NN", prev=None)
    html = draw("{% pager page %}", page=page, request=request)
    assert 'rel="next" href="/l?kind=B&amp;cursor=NN"' in html
    assert 'rel="prev"' not in html
    assert draw("{% pager page %}", page=Page([], None, None), request=request).strip() == ""


def test_a_table_row_becomes_a_card_with_labels_and_links_its_title() -> None:
    table = parts.Table.of(
        [parts.Column("What", "main"), parts.Column("N", "number")], [("k1", "/k1", ["lamp", None])]
    )
    html = draw("{% table t %}", t=table)
    assert '<td class="gp-main" data-label="What"><a href="/k1">lamp</a></td>' in html
    assert '<td class="gp-number" data-label="N">–</td>' in html


@pytest.mark.parametrize(
    "source",
    [
        "{% empty v v '/' %}", "{% masked v v %}", "{% state_badge 'DONE' v %}",
        "{% error_state v v %}", "{% button v href='/' %}", "{% timeline e %}", "{% steps s %}",
        "{% tabs t %}", "{% crumbs c %}",
        "{% photos p %}", "{% qr v %}", "{% class_badge 'EASY' v %}",
    ],
)  # fmt: skip
def test_components_escape_what_people_wrote(source: str) -> None:
    evil = "<script>alert(1)</script>"
    html = draw(
        source, v=evil, e=[parts.Entry(NOW, evil, evil, evil, evil)], s=[parts.Step(evil, "now")],
        t=[parts.Tab(evil, "/")], c=[parts.Crumb(evil)], p=[parts.Photo("/t", "/f", evil, evil)],
    )  # fmt: skip
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_qr_code_is_svg_without_styles() -> None:
    html = draw("{% qr 'https://example.org/o/LG1' %}")
    assert html.count("<svg") == 1
    assert 'role="img"' in html
    assert "style" not in html


def test_an_unknown_icon_is_a_programming_error() -> None:
    for name in ("no-such-icon", "../../../etc/passwd"):
        with pytest.raises(icons.UnknownIconError):
            icons.svg(name)


def test_every_icon_named_in_a_template_is_installed() -> None:
    names = {
        name
        for file in TEMPLATES
        for name in re.findall(r'{% icon "([\w-]+)"|icon(?:_name)?="([\w-]+)"', file.read_text())
    }
    flat = {one for pair in names for one in pair if one}
    assert len(flat) > 30
    for name in sorted(flat):
        assert "<path" in icons.svg(name)


FORBIDDEN = re.compile(
    r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=\"|javascript:|https?://(?!example\.org)"
)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_templates_keep_the_strict_content_policy(file: Path) -> None:
    text = file.read_text().replace("http://www.w3.org/2000/svg", "")
    assert FORBIDDEN.search(text) is None
    assert len(text.splitlines()) <= 400
