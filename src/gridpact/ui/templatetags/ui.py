"""The component tags: each takes plain values or a record of `ui.parts` and renders a template."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import segno
from django import template
from django.forms import BaseForm, BoundField, widgets
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from gridpact.ui import icons, parts, times

register = template.Library()

FACES = ("mood-happy", "mood-smile", "mood-empty", "mood-sad")
# Face of each stop when a question offers fewer than four answers.
_FACE_STOPS = {2: (0, 3), 3: (0, 1, 3), 4: (0, 1, 2, 3)}
CLASS_ICONS = {"PUBLIC": "building-community", "PRIVATE": "home-heart", "HARD": "alert-octagon"}
CLASS_ICONS["EASY"] = "heart-handshake"


@register.simple_tag
def icon(name: str, filled: bool = False, classes: str = "") -> SafeString:
    """`{% icon "bell" %}`: an inline, decorative Tabler icon."""
    return icons.svg(name, filled=filled, classes=classes)


def _time(at: datetime | None, words: str, classes: str = "") -> SafeString:
    if at is None:
        return SafeString("–")
    return format_html(
        '<time datetime="{}" title="{}" class="{}">{}</time>',
        times.machine(at),
        times.exact(at),
        classes,
        words,
    )


@register.filter
def ago(at: datetime | None) -> SafeString:
    """`{{ at|ago }}`: 3 分钟前, with the exact time on hover."""
    return _time(at, times.ago(at) if at else "")


@register.filter
def moment(at: datetime | None) -> SafeString:
    """`{{ at|moment }}`: 11月23日 14:05, with the exact time on hover."""
    return _time(at, times.moment(at) if at else "")


@register.filter
def due(at: datetime | None) -> SafeString:
    """`{{ at|due }}`: 剩 6 小时 or 超时 2 小时, with the exact time on hover."""
    return _time(at, times.light(at).word if at else "")


@register.filter
def as_json(value: object) -> str:
    """JSON for a data attribute (escaped by the template as usual)."""
    return json.dumps(value, ensure_ascii=False, default=str)


@register.inclusion_tag("ui/light.html")
def light(
    due_at: datetime | None,
    started_at: datetime | None = None,
    finished: datetime | None = None,
    paused: bool = False,
) -> dict[str, Any]:
    """`{% light order.due_at order.created_at %}`: the clock light with word and icon."""
    made = times.light(due_at, started_at, finished_at=finished, paused=paused)
    at = made.due_at
    return {
        "light": made,
        "machine": times.machine(at) if at else "",
        "exact": times.exact(at) if at else "",
    }


def light_markup(due_at: datetime | None, started_at: datetime | None = None) -> SafeString:
    """The same light for use inside a table cell built in Python."""
    return mark_safe(render_to_string("ui/light.html", light(due_at, started_at)))


@register.inclusion_tag("ui/button.html")
def button(
    label: str,
    href: str = "",
    icon: str = "",
    kind: str = "default",
    name: str = "",
    value: str = "",
    form: str = "",
    type: str = "submit",
    classes: str = "",
) -> dict[str, Any]:
    """`{% button _("Save") icon="check" kind="primary" %}`; kinds: primary default danger quiet."""
    looks = {"primary": "btn-primary", "danger": "btn-danger-quiet", "quiet": "btn-quiet"}
    return {
        "label": label,
        "href": href,
        "icon_name": icon,
        "look": looks.get(kind, "btn-default"),
        "name": name,
        "value": value,
        "form": form,
        "type": type,
        "classes": classes,
    }


def _widget_class(widget: widgets.Widget) -> str:
    if isinstance(widget, widgets.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple):
        return ""
    if isinstance(widget, widgets.Select):
        return "form-select"
    return "form-control"


def _describe(bound: BoundField) -> str:
    ids = [f"{bound.auto_id}_help"] if bound.help_text else []
    if bound.errors:
        ids.append(f"{bound.auto_id}_error")
    return " ".join(ids)


def field_context(bound: BoundField) -> dict[str, Any]:
    """What `ui/field.html` needs to draw a bound field."""
    widget = bound.field.widget
    attrs: dict[str, Any] = {
        "class": " ".join(filter(None, (widget.attrs.get("class", ""), _widget_class(widget)))),
    }
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if described := _describe(bound):
        attrs["aria-describedby"] = described
    group = isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple)
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "group": group,
        "check": isinstance(widget, widgets.CheckboxInput),
        "files": isinstance(widget, widgets.FileInput)
        and "image" in str(widget.attrs.get("accept", "image/*")),
        "multiple": bool(widget.attrs.get("multiple")),
        "required": bound.field.required,
    }


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """`{% field form.text %}`: label above, control, help, error and required mark."""
    return field_context(bound)


@register.inclusion_tag("ui/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """`{% form_errors form %}`: the summary at the top, each line a link to its field."""
    rows = [
        {"id": form[name].auto_id, "label": form[name].label, "error": error}
        for name, errors in form.errors.items()
        if name in form.fields
        for error in errors
    ]
    return {"general": form.non_field_errors(), "rows": rows}


@register.inclusion_tag("ui/form_body.html")
def form_body(form: BaseForm) -> dict[str, Any]:
    """`{% form_body form %}`: error summary, hidden fields and every visible field in order."""
    return {"form": form}


@register.inclusion_tag("ui/faces.html")
def faces(bound: BoundField) -> dict[str, Any]:
    """`{% faces form.satisfaction %}`: up to four faces as a radio group, best first."""
    choices = [choice for choice in bound.field.choices if choice[0] not in ("", None)]  # type: ignore[attr-defined]  # only called for fields with choices
    stops = _FACE_STOPS.get(len(choices), tuple(range(len(choices))))
    options = [
        {
            "id": f"{bound.auto_id}_{index}",
            "value": value,
            "label": label,
            "icon": FACES[min(stop, len(FACES) - 1)],
            "checked": str(bound.value() or "") == str(value),
        }
        for index, ((value, label), stop) in enumerate(zip(choices, stops, strict=True))
    ]
    return {"field": bound, "options": options, "required": bound.field.required}


@register.inclusion_tag("ui/pager.html", takes_context=True)
def pager(context: template.Context, page: Any) -> dict[str, Any]:
    """`{% pager page %}`: newer and older pages of a `paging.Page`, keeping the filters."""
    request = context["request"]
    query = request.GET.copy()
    query.pop("cursor", None)

    def href(cursor: str | None) -> str:
        if not cursor:
            return ""
        query["cursor"] = cursor
        return f"{request.path}?{query.urlencode()}"

    return {"previous": href(page.prev), "next": href(page.next)}


@register.inclusion_tag("ui/filter_bar.html", takes_context=True)
def filter_bar(
    context: template.Context, form: BaseForm, search: str = "", target: str = ""
) -> dict[str, Any]:
    """`{% filter_bar filter_form %}`: the filters as a GET form with pills of the active ones.

    `search` names the field that stays visible on phones; `target` is the id HTMX replaces.
    """
    request = context["request"]
    return {
        "path": request.path,
        "form": form,
        "search": form[search] if search else None,
        "others": [bound for bound in form.visible_fields() if bound.name != search],
        "hidden": form.hidden_fields(),
        "pills": list(active_pills(form, request)),
        "target": target,
    }


def active_pills(form: BaseForm, request: Any) -> Iterable[parts.Pill]:
    """The filters in force, each with the address of the list without it."""
    if not form.is_bound:
        return
    for bound in form.visible_fields():
        value = bound.value()
        if value in (None, "", [], False):
            continue
        query = request.GET.copy()
        query.pop(bound.html_name, None)
        query.pop("cursor", None)
        yield parts.Pill(bound.label, _shown(bound, value), f"{request.path}?{query.urlencode()}")


def _shown(bound: BoundField, value: Any) -> str:
    """A filter's value as the user chose it: the choice's label, or yes for a box."""
    if value is True or (isinstance(bound.field.widget, widgets.CheckboxInput) and value):
        return gettext("yes")
    chosen = [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
    choices = getattr(bound.field, "choices", None)
    if choices is None:
        return ", ".join(chosen)
    flat = itertools.chain.from_iterable(
        label if isinstance(label, list | tuple) else [(key, label)] for key, label in choices
    )
    labels = {str(key): str(label) for key, label in flat}
    return ", ".join(labels.get(one, one) for one in chosen)


@register.inclusion_tag("ui/tabs.html")
def tabs(items: Sequence[parts.Tab], label: str = "") -> dict[str, Any]:
    """`{% tabs views %}`: saved views with optional counts."""
    return {"items": items, "label": label}


@register.inclusion_tag("ui/table.html")
def table(data: parts.Table) -> dict[str, Any]:
    """`{% table data %}`: a table on the PC, cards on the phone."""
    return {"table": data}


@register.inclusion_tag("ui/timeline.html")
def timeline(entries: Sequence[parts.Entry]) -> dict[str, Any]:
    """`{% timeline entries %}`: what happened, oldest first, nothing can be taken back."""
    return {"entries": entries}


@register.inclusion_tag("ui/steps.html")
def steps(items: Sequence[parts.Step]) -> dict[str, Any]:
    """`{% steps items %}`: the parcel view of an order."""
    icons_of = {"done": "check", "now": "player-play", "next": "point", "failed": "x"}
    return {"steps": [(item, icons_of[item.state]) for item in items]}


@register.inclusion_tag("ui/next_actions.html", takes_context=True)
def next_actions(context: template.Context, actions: Sequence[parts.Action]) -> dict[str, Any]:
    """`{% next_actions actions %}`: what is possible for me now; the rest with the reason."""
    return {
        "possible": [action for action in actions if action.possible and not action.aside],
        "aside": [action for action in actions if action.possible and action.aside],
        "others": [action for action in actions if not action.possible],
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("ui/stat.html")
def stat(figure: parts.Stat) -> dict[str, Any]:
    """`{% stat figure %}`: a number that opens its list."""
    return {"stat": figure}


@register.inclusion_tag("ui/badge.html")
def state_badge(state: str, label: str) -> dict[str, Any]:
    """`{% state_badge order.state order.get_state_display %}`."""
    return {"code": state.lower(), "label": label, "kind": "state"}


@register.inclusion_tag("ui/badge.html")
def class_badge(code: str | None, label: str) -> dict[str, Any]:
    """`{% class_badge order.order_class label %}`: one hue per class, the same everywhere."""
    code = code or ""
    return {
        "code": code.lower(),
        "label": label,
        "kind": "class",
        "icon_name": CLASS_ICONS.get(code, ""),
    }


@register.inclusion_tag("ui/masked.html")
def masked(value: str, reveal_url: str = "") -> dict[str, Any]:
    """`{% masked "138****1234" reveal_url %}`: visibly masked, with a reveal link for some."""
    return {"value": value, "reveal_url": reveal_url}


@register.inclusion_tag("ui/empty.html")
def empty(
    why: str, next_step: str = "", href: str = "", icon: str = "inbox", hint: str = ""
) -> dict[str, Any]:
    """`{% empty why next_step href %}`: why nothing is here, and what to do next."""
    return {"why": why, "next_step": next_step, "href": href, "icon_name": icon, "hint": hint}


@register.inclusion_tag("ui/error.html")
def error_state(what: str, next_step: str = "", href: str = "") -> dict[str, Any]:
    """`{% error_state what next_step href %}`: a part of the page that could not be shown."""
    return {"what": what, "next_step": next_step, "href": href}


@register.inclusion_tag("ui/skeleton.html")
def skeleton(rows: int = 3) -> dict[str, Any]:
    """`{% skeleton 3 %}`: the shape of a list that is loading."""
    return {"rows": range(rows)}


@register.inclusion_tag("ui/crumbs.html")
def crumbs(path: Sequence[parts.Crumb]) -> dict[str, Any]:
    """`{% crumbs path %}`: where this is in the tree."""
    return {"path": path}


@register.inclusion_tag("ui/photos.html")
def photos(items: Sequence[parts.Photo]) -> dict[str, Any]:
    """`{% photos items %}`: thumbnails that open the big picture."""
    return {"photos": items}


@register.simple_tag
def qr(url: str, label: str = "") -> SafeString:
    """`{% qr url %}`: a QR code as SVG (error correction M, four quiet modules)."""
    drawing = segno.make(url, error="m", micro=False).svg_inline(
        border=4, svgclass=None, lineclass=None, omitsize=True
    )
    return format_html(
        '<span class="gp-qr" role="img" aria-label="{}">{}</span>',
        label or gettext("QR code for %(url)s") % {"url": url},
        mark_safe(drawing),
    )
