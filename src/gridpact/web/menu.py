"""The menu as data: what each entry is called, where it leads and which right it needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to go: any of `rights` opens it (none: everybody), unless `unless` is held.

    `group` is a key of `GROUPS`; without one it is daily work and always in sight.
    """

    label: Promise
    url_name: str
    icon: str
    rights: tuple[str, ...] = ()
    unless: str = ""
    emphasis: bool = False
    group: str = ""

    def is_for(self, actor: Actor | None) -> bool:
        """May this actor go there? None is the public, who hold no right."""
        held = () if actor is None else tuple(filter(actor.has, (*self.rights, self.unless)))
        if self.unless and self.unless in held:
            return False
        return not self.rights or any(right in held for right in self.rights)


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as it is drawn for one request."""

    label: Promise
    href: str
    icon: str
    active: bool
    emphasis: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under one heading; daily work has none. A folded section opens by a click."""

    label: Promise | str
    items: list[Item]
    is_open: bool


_CLAIM = ("orders.claim_org", "orders.claim_member")
_ORDERS = ("orders.read", "orders.handle_org", "orders.claim_member")

# Up to so many entries all stand open; of a longer menu only the section that is in use.
SHORT_MENU = 12
GROUPS: dict[str, Promise | str] = {
    "": "", "net": _("The net and its people"), "joint": _("Built together"), "setup": _("Set up"),
}  # fmt: skip

RAIL = (
    Entry(_("Workbench"), "web:work", "layout-dashboard"),
    Entry(_("Orders"), "orders:list", "clipboard-list", _ORDERS),
    Entry(_("Triage desk"), "orders:desk", "arrows-split-2", ("orders.triage",)),
    Entry(_("Take up"), "doors:index", "inbox", ("orders.submit_for",)),
    Entry(_("Claim hall"), "orders:hall", "hand-grab", ("orders.read", *_CLAIM)),
    Entry(_("Supervision desk"), "supervision:desk", "alert-octagon", ("supervision.read",)),
    Entry(_("Really done?"), "honesty:list", "help-circle", ("orders.supervise",)),
    Entry(_("Hot topics"), "topics:list", "flame", ("orders.read",)),
    Entry(_("Net"), "grid:cells", "map-2", ("grid.read",), group="net"),
    Entry(_("One map"), "grid:map", "map", ("grid.read",), group="net"),
    Entry(_("My grid"), "grid:mine", "home-2", ("orders.read",), group="net"),
    Entry(_("Party bodies"), "orgs:party_list", "sitemap", ("grid.read",), group="net"),
    Entry(_("Responsibility matrix"), "duties:matrix", "table", ("grid.read",), group="net"),
    Entry(_("Tasks"), "duties:tasks", "checkup-list", ("orders.read",)),
    Entry(_("Networks"), "networks:networks", "topology-star-3", ("grid.read",), group="net"),
    Entry(_("Organisations"), "orgs:orgs_list", "building", ("orders.read",), group="net"),
    Entry(_("Households"), "people:households", "users", ("people.read",), group="net"),
    Entry(_("Compacts"), "compacts:list", "file-certificate", ("compacts.read",), group="joint"),
    Entry(
        _("Volunteers"), "volunteers:list", "heart-handshake", ("volunteers.read",), group="joint"
    ),
    Entry(_("Meetings"), "meetings:list", "messages", ("meetings.read",), group="joint"),
    Entry(_("Publicity"), "notices:list", "speakerphone", ("notices.read",), group="joint"),
    Entry(_("Figures"), "reports:figures", "chart-bar", ("figures.read",)),
    Entry(_("Audit"), "web:audit", "shield-check", ("audit.read",)),
    Entry(_("Limits"), "clocks:limits_list", "hourglass", ("clocks.edit",), group="setup"),
    Entry(_("Working days"), "clocks:year", "calendar", ("clocks.edit",), group="setup"),
    Entry(_("Categories"), "orders:categories_list", "category", ("grid.load",), group="setup"),
    Entry(
        _("Standard replies"), "orders:replies_list", "message-2", ("orders.reject",), group="setup"
    ),
    Entry(_("Routing rules"), "routing:live", "route", ("routing.edit",), group="setup"),
    Entry(_("Suggestions"), "learning:models", "bulb", ("routing.edit",), group="setup"),
    Entry(_("Accounts"), "accounts:users_list", "user-cog", ("accounts.manage",), group="setup"),
    Entry(_("Settings"), "web:settings", "settings", ("accounts.manage",), group="setup"),
)

PHONE_BAR = (
    Entry(_("Today"), "web:work", "calendar-check"),
    Entry(_("Orders"), "orders:list", "clipboard-list", _ORDERS),
    Entry(_("Claim hall"), "orders:hall", "hand-grab", _CLAIM, unless="orders.read"),
    Entry(_("Report"), "orders:new", "plus", ("orders.submit_for",), emphasis=True),
    Entry(_("Net"), "grid:cells", "map-2", ("grid.read",)),
    Entry(_("Me"), "accounts:me", "user"),
)

PUBLIC_LINKS = (
    Entry(_("Place an order"), "notices:place", "plus"),
    Entry(_("Follow an order"), "notices:ask", "search"),
    Entry(_("Public board"), "notices:board", "layout-board"),
    Entry(_("Small wishes"), "notices:wishes", "heart"),
    Entry(_("Map"), "notices:map", "map"),
    Entry(_("Compacts"), "compacts:public", "file-certificate"),
    Entry(_("Notices"), "notices:public", "speakerphone"),
)

LINKS = {
    "home": "notices:home",
    "care": "notices:care",
    "work": "web:work",
    "search": "web:search",
    "inbox": "web:bell",
    "prefs": "web:prefs",
    "me": "accounts:me",
    "login": "account_login",
    "logout": "account_logout",
}


def address(url_name: str) -> str:
    """The path of a URL name, or nothing while no installed app offers it."""
    return _address(url_name, settings.ROOT_URLCONF)


@lru_cache(maxsize=256)
def _address(url_name: str, urlconf: str) -> str:
    try:
        return reverse(url_name, urlconf)
    except NoReverseMatch:
        return ""


def _is_at(path: str, href: str) -> bool:
    return path == href or path.startswith(f"{href.rstrip('/')}/")


def items(entries: tuple[Entry, ...], actor: Actor | None, path: str) -> list[Item]:
    """The entries this actor may use, with the current one marked.

    `actor` None means a public menu that asks for no right.
    """
    open_to = [
        (entry, href)
        for entry in entries
        if entry.is_for(actor) and (href := address(entry.url_name))
    ]
    # A page below two entries (/work/hall) belongs to the nearer one.
    here = max((href for _entry, href in open_to if _is_at(path, href)), key=len, default="")
    return [
        Item(entry.label, href, entry.icon, href == here, entry.emphasis, entry.group)
        for entry, href in open_to
    ]


def sections(entries: tuple[Entry, ...], actor: Actor | None, path: str) -> list[Section]:
    """The same entries under their headings; empty sections do not appear."""
    shown = items(entries, actor, path)
    made = []
    for group, label in GROUPS.items():
        mine = [item for item in shown if item.group == group]
        in_use = not group or len(shown) <= SHORT_MENU or any(item.active for item in mine)
        if mine:
            made.append(Section(label, mine, in_use))
    return made


def links() -> dict[str, str]:
    """The fixed addresses of the shell; an empty text where no page is installed."""
    return {key: address(name) for key, name in LINKS.items()}
