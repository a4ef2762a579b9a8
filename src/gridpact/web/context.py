"""The context of the shell: menu, bell, place, and how the reader wants to see the page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import PUBLIC, Actor
from gridpact.notify.models import Notification
from gridpact.web import menu as entries

THEMES = ("auto", "light", "dark")
TYPE_SIZES = ("normal", "large")
UNREAD_SHOWN = 99


@dataclass(frozen=True, slots=True)
class Choice:
    """One button of a preference."""

    value: str
    label: Promise | str
    active: bool
    icon: str = ""


@dataclass(frozen=True, slots=True)
class PostChoice:
    """One post the person may act as."""

    key: int
    cell: str
    kind: str
    active: bool


def _cookie(request: HttpRequest, name: str, allowed: tuple[str, ...]) -> str:
    value = request.COOKIES.get(name, "")
    return value if value in allowed else allowed[0]


class Shell:
    """What the base pages show around the content; everything is computed when it is asked for."""

    product = _("GridPact")

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.actor: Actor = getattr(request, "actor", PUBLIC)
        self.theme = _cookie(request, "theme", THEMES)
        self.type_size = _cookie(request, "type", TYPE_SIZES)
        self.language = translation.get_language() or "zh-hans"

    @cached_property
    def links(self) -> dict[str, str]:
        """The fixed addresses of the shell."""
        return entries.links()

    @cached_property
    def menu(self) -> list[entries.Section]:
        """The left rail for this actor."""
        return entries.sections(entries.RAIL, self.actor, self._request.path)

    @cached_property
    def phone_bar(self) -> list[entries.Item]:
        """The five places of the bottom bar."""
        return entries.items(entries.PHONE_BAR, self.actor, self._request.path)

    @cached_property
    def public_links(self) -> list[entries.Item]:
        """The places anyone may go."""
        return entries.items(entries.PUBLIC_LINKS, None, self._request.path)

    @cached_property
    def unread(self) -> int:
        """Unread messages, counted up to one hundred; no query for the public."""
        if not self.actor.is_signed_in:
            return 0
        unread = Notification.objects.of(self.actor.user_id).unread()
        return unread.order_by()[: UNREAD_SHOWN + 1].count()

    @property
    def unread_label(self) -> str:
        """The number in the bell, at most 99+."""
        return f"{UNREAD_SHOWN}+" if self.unread > UNREAD_SHOWN else str(self.unread)

    @property
    def place(self) -> str:
        """Where the person stands in the tree: the cell of the post acted as."""
        return self.actor.post.cell_name if self.actor.post else ""

    @property
    def posts(self) -> list[PostChoice]:
        """Every post in term, the one acted as marked."""
        current = self.actor.post
        return [
            PostChoice(grant.appointment_id, grant.cell_name, grant.kind_name, grant is current)
            for grant in self.actor.grants
        ]

    @property
    def initial(self) -> str:
        """The first character of the name, for the round mark."""
        return self.actor.name[:1] or "·"

    @property
    def is_large(self) -> bool:
        """True in large-type mode."""
        return self.type_size == "large"

    @property
    def other_type(self) -> str:
        """The type size the quick switch changes to."""
        return "normal" if self.is_large else "large"

    @property
    def other_language(self) -> str:
        """The language the quick switch changes to."""
        return "zh-hans" if self.language.startswith("en") else "en"

    @property
    def other_language_name(self) -> str:
        """That language's own short name."""
        return "中文" if self.other_language == "zh-hans" else "EN"

    @property
    def theme_choices(self) -> list[Choice]:
        """Auto, light and dark."""
        looks = {
            "auto": (_("Auto"), "device-desktop"),
            "light": (_("Light"), "sun"),
            "dark": (_("Dark"), "moon"),
        }
        return [
            Choice(value, label, value == self.theme, icon)
            for value, (label, icon) in looks.items()
        ]

    @property
    def type_choices(self) -> list[Choice]:
        """Normal and large type."""
        labels = {"normal": _("Normal type"), "large": _("Large type")}
        return [Choice(value, label, value == self.type_size) for value, label in labels.items()]

    @property
    def language_choices(self) -> list[Choice]:
        """The languages by their own names."""
        names = {"zh-hans": "中文", "en": "English"}
        return [Choice(value, name, value == self.language) for value, name in names.items()]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` in every template."""
    return {"shell": Shell(request)}
