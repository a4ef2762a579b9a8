"""Sample values of the living style page; nothing here is data of the product."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.ui import paging, parts
from gridpact.ui.templatetags import ui as tags

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 120"><rect width="160" height="120" '
    'fill="#c9d3df"/><path d="M0 96l44-40 30 26 26-34 60 48v24H0z" fill="#8a9bb0"/>'
    '<circle cx="122" cy="30" r="12" fill="#f4e3b0"/></svg>'
)
_WEST, _SOUTH, _SIZE = 110.19, 25.22, 0.012


class SampleForm(forms.Form):
    """One field of every kind."""

    text = forms.CharField(
        label=_("What is it about?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Say what, where and since when. One matter per order."),
    )
    place = forms.CharField(label=_("Address"), max_length=80)
    phone = forms.CharField(
        label=_("Phone"), required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    kind = forms.ChoiceField(
        label=_("Class"),
        choices=[("PUBLIC", _("public")), ("PRIVATE", _("private")), ("HARD", _("hard")),
                 ("EASY", _("easy"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    unit = forms.ChoiceField(label=_("Post"), choices=[("1", "网格员"), ("2", "楼栋长")])
    photos = forms.FileField(
        label=_("Photos"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
    )
    anonymous = forms.BooleanField(label=_("Do not show my name"), required=False)
    satisfaction = forms.ChoiceField(
        label=_("Are you satisfied?"),
        choices=[("4", _("very satisfied")), ("3", _("satisfied")), ("2", _("basically")),
                 ("1", _("unsatisfied"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)


class SampleFilter(forms.Form):
    """A filter bar with search, choice and box."""

    q = forms.CharField(label=_("Number or words"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), ("HANDLING", _("handling")), ("DONE", _("done"))],
    )
    overdue = forms.BooleanField(label=_("Only overdue"), required=False)
    fields_order: ClassVar[tuple[str, ...]] = ("q", "state", "overdue")


_ORDERS = (
    ("LG261124001", "3栋2单元楼道灯不亮", "致和社区 › 第一网格 › 3栋", "网格员 陈某", -2, "red"),
    ("LG261124002", "小区东门垃圾桶满溢", "致和社区 › 第二网格", "城管局", 3, "amber"),
    ("LG261123017", "老人家中水管漏水，需要帮忙更换", "致和社区 › 第三网格 › 7栋", "", 30, ""),
    ("LG261123009", "夜间广场舞音量大", "七里坪社区 › 第一网格", "片区长 李某", 70, ""),
)


def _table() -> parts.Table:
    now = clock.now()
    columns = (
        parts.Column(_("What"), "main"),
        parts.Column(_("Number"), "code"),
        parts.Column(_("Where")),
        parts.Column(_("Who has it")),
        parts.Column(_("Due"), sorted="asc", sort_href="?sort=due"),
    )
    rows = []
    for number, text, where, who, hours, tone in _ORDERS:
        due = now + timedelta(hours=hours, minutes=5)
        values = (
            text,
            number,
            where,
            who or None,
            tags.light_markup(due, due - timedelta(hours=24)),
        )
        cells = tuple(
            parts.Cell(column, value, "#" if index == 0 else "")
            for index, (column, value) in enumerate(zip(columns, values, strict=True))
        )
        rows.append(parts.Row(number, cells, tone))  # type: ignore[arg-type]  # markup where plain text is typed
    return parts.Table(columns, tuple(rows), _("Orders"), pickable=True)


def _entries(picture: str) -> list[parts.Entry]:
    now = clock.now()
    return [
        parts.Entry(
            now - timedelta(days=1, hours=3),
            "点单",
            "居民 张*",
            "",
            "楼道灯坏了三天，老人上楼不方便。",
            "message-plus",
            photos=[parts.Photo(picture, picture, "楼道灯", _("before"))],
        ),
        parts.Entry(
            now - timedelta(hours=26), "受理", "王某", "致和社区 受理员", "", "check", "blue"
        ),
        parts.Entry(
            now - timedelta(hours=20),
            "派单",
            "王某",
            "致和社区 受理员",
            "派给第一网格网格员",
            "send",
        ),
        parts.Entry(
            now - timedelta(minutes=3),
            "办结",
            "陈某",
            "第一网格 网格员",
            "已更换灯泡和感应开关。",
            "circle-check",
            "green",
            [parts.Photo(picture, picture, "楼道灯", _("after"))],
        ),
    ]


def _steps() -> list[parts.Step]:
    now = clock.now()
    return [
        parts.Step(_("placed"), "done", now - timedelta(days=1)),
        parts.Step(_("accepted"), "done", now - timedelta(hours=22), "致和社区 受理员"),
        parts.Step(
            _("handling"),
            "now",
            None,
            "网格员 陈*",
            "已联系物业，今天下午更换。",
            now + timedelta(hours=6),
        ),
        parts.Step(_("checked"), "next"),
        parts.Step(_("rated"), "next"),
    ]


def _actions() -> list[parts.Action]:
    return [
        parts.Action(_("Dispatch"), "#", "send", primary=True),
        parts.Action(_("Put into the claim hall"), "#", "hand-grab"),
        parts.Action(_("Reject"), "#", "x", danger=True),
        parts.Action(_("Verify"), icon="shield-check", possible=False,
                     reason=_("The order is not finished yet.")),
        parts.Action(_("Close the order"), icon="lock", possible=False,
                     reason=_("The resident has not answered yet.")),
    ]  # fmt: skip


def _stats() -> list[parts.Stat]:
    return [
        parts.Stat(_("Overdue soon"), "#", 3, icon="clock-exclamation", tone="amber"),
        parts.Stat(_("Overdue"), "#", 1, icon="alert-triangle", tone="red"),
        parts.Stat(_("Closed this week"), "#", 1239, icon="circle-check"),
        parts.Stat(
            _("Satisfied"), "#", numerator=48, denominator=50, tone="green", icon="mood-smile"
        ),
        parts.Stat(_("Kept limits"), "#", numerator=0, denominator=0),
        parts.Stat(_("Awards"), "#", 12, tone="gold", icon="award", hint=_("this year")),
    ]


def context(query: Mapping[str, str]) -> dict[str, Any]:
    """Everything the style pages show; `?wrong=1` binds the form empty so that errors appear."""
    now = clock.now()
    picture = reverse("ui:kit_picture")
    return {
        "form": SampleForm({} if query.get("wrong") else None),
        "filter_form": SampleFilter({"state": "HANDLING", **{key: query[key] for key in query}}),
        "table": _table(),
        "page": paging.Page(items=[], next="bmV4dA", prev=None),
        "entries": _entries(picture),
        "steps": _steps(),
        "actions": _actions(),
        "bulk": [parts.Action(_("Dispatch"), name="verb", value="dispatch", primary=True)],
        "stats": _stats(),
        "views": [
            parts.Tab(_("Mine"), "#", 5, active=True),
            parts.Tab(_("My cell's"), "#", 41),
            parts.Tab(_("Overdue"), "#", 1),
            parts.Tab(_("Claim hall"), "#"),
        ],
        "path": [
            parts.Crumb("临桂区", "#"),
            parts.Crumb("临桂镇", "#"),
            parts.Crumb("致和社区", "#"),
            parts.Crumb("第一网格"),
        ],
        "photos": [
            parts.Photo(picture, picture, "楼道灯坏了", _("before")),
            parts.Photo(picture, picture, "楼道灯修好了", _("after")),
        ],
        "times": {
            "soon": now + timedelta(hours=2),
            "later": now + timedelta(hours=60),
            "past": now - timedelta(hours=2, minutes=5),
            "started": now - timedelta(hours=22),
            "recent": now - timedelta(minutes=3),
        },
    }


def cells() -> dict[str, Any]:
    """Twelve square cells with a count, as GeoJSON."""
    features = []
    for index in range(12):
        west = _WEST + _SIZE * (index % 4)
        south = _SOUTH + _SIZE * (index // 4)
        ring = [[west, south], [west + _SIZE, south], [west + _SIZE, south + _SIZE],
                [west, south + _SIZE], [west, south]]  # fmt: skip
        properties = {
            "code": f"4503121000{index + 1:02d}",
            "name": f"示例{index + 1}网格",
            "count": (index * 7) % 23,
            "facts": [["网格长", "李某"], ["在办工单", str((index * 7) % 23)]],
            "href": "#",
        }
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def points(number: int) -> dict[str, Any]:
    """`number` points spread over the sample cells by a fixed rule, as GeoJSON."""
    tones = ("public", "private", "hard", "easy")
    features = [
        {
            "type": "Feature",
            "properties": {"label": _ORDERS[index % 4][1], "tone": tones[index % 4], "href": "#"},
            "geometry": {
                "type": "Point",
                "coordinates": [
                    _WEST + (index * 0.618034 % 1) * _SIZE * 4,
                    _SOUTH + (index * 0.414214 % 1) * _SIZE * 3,
                ],
            },
        }
        for index in range(number)
    ]
    return {"type": "FeatureCollection", "features": features}
