"""Who acts, what they may do, and how a refusal is said. Rights derive from appointments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import refusal_text


class Refused(Exception):
    """A verb says no. `code` is stable for programs; `params` fill the sentence for people.

    `status` is the HTTP status both skins use: 400 bad input, 403 never by this person,
    404 unseen, 409 not in this state, 429 too many.
    """

    def __init__(self, code: str, status: int = 409, /, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.params = params

    @property
    def sentence(self) -> str:
        """The refusal in the active language."""
        return refusal_text(self.code, self.params)

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True)
class Grant:
    """One post in term: `kind` on `cell_id` (with `level`), giving `rights` over that subtree."""

    appointment_id: int
    kind: str
    kind_name: str
    cell_id: int
    cell_code: str
    cell_name: str
    level: str
    is_head: bool
    rights: frozenset[str]


@dataclass(frozen=True, slots=True)
class Membership:
    """One place in an organisation: `role` is LIAISON, HANDLER or MEMBER."""

    org_id: int
    org_name: str
    role: str
    rights: frozenset[str]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a named system actor or the anonymous public, with everything rights derive from.

    `acting_as` is the appointment the person chose to act as; it is what the timeline shows.
    """

    kind: str = "public"
    user_id: int | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    memberships: tuple[Membership, ...] = ()
    own_rights: frozenset[str] = frozenset()
    acting_as: int | None = None
    address: str = ""
    extra: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def is_signed_in(self) -> bool:
        """True for a person with an account."""
        return self.user_id is not None

    @property
    def is_staff(self) -> bool:
        """True for a person who holds a post."""
        return bool(self.grants)

    @property
    def is_system(self) -> bool:
        """True for a named system actor such as the clock or an import."""
        return self.kind == "system"

    def has(self, right: str) -> bool:
        """True when any post, membership or the account itself gives `right` somewhere."""
        return (
            self.is_system
            or right in self.own_rights
            or any(right in grant.rights for grant in self.grants)
            or any(right in member.rights for member in self.memberships)
        )

    def grants_for(self, right: str) -> tuple[Grant, ...]:
        """The posts that give `right`; their cells are the roots of the scope."""
        return tuple(grant for grant in self.grants if right in grant.rights)

    @property
    def post(self) -> Grant | None:
        """The post acted as: the chosen one, else the first."""
        for grant in self.grants:
            if grant.appointment_id == self.acting_as:
                return grant
        return self.grants[0] if self.grants else None

    @property
    def post_label(self) -> str:
        """How the timeline names the actor's position, e.g. `致和社区 总网格长`."""
        if self.post is not None:
            return f"{self.post.cell_name} {self.post.kind_name}"
        if self.memberships:
            return self.memberships[0].org_name
        return ""

    @property
    def org_ids(self) -> frozenset[int]:
        """Ids of the organisations this person belongs to."""
        return frozenset(member.org_id for member in self.memberships)


PUBLIC = Actor()


def system(name: str) -> Actor:
    """A named system actor (`clock`, `import`, `demo`): may do everything, is always named."""
    return Actor(kind="system", name=name)


_SYSTEMS: dict[str, Promise] = {
    "clock": _("By the system"),
    "handover": _("By the system at the end of a term"),
    "import": _("By an import"),
    "operator": _("By the operator"),
    "learning": _("By the suggestions"),
    "demo": _("Demo data"),
}


def shown_name(name: str, user_id: int | None) -> str:
    """How a log line names who did it: people as they are called, system actors in words."""
    return name if user_id is not None else str(_SYSTEMS.get(name, name))


Predicate = Callable[[Actor, Any], bool]
_POLICIES: dict[str, Predicate] = {}


def policy(*verbs: str) -> Callable[[Predicate], Predicate]:
    """Register a predicate `(actor, obj) -> bool` under one or more dotted verb names."""

    def register(predicate: Predicate) -> Predicate:
        for verb in verbs:
            if verb in _POLICIES:
                raise RuntimeError(f"two policies for {verb}")
            _POLICIES[verb] = predicate
        return predicate

    return register


def can(actor: Actor, verb: str, obj: Any = None) -> bool:
    """May `actor` do `verb` on `obj`? An unknown verb is a programming error (KeyError)."""
    predicate = _POLICIES[verb]
    return actor.is_system or predicate(actor, obj)


def require(actor: Actor, verb: str, obj: Any = None) -> None:
    """Raise `Refused("forbidden", 403)` unless `can(actor, verb, obj)`."""
    if not can(actor, verb, obj):
        raise Refused("forbidden", 403, verb=verb)


def known_verbs() -> Iterable[str]:
    """All registered dotted verb names, sorted."""
    return sorted(_POLICIES)
