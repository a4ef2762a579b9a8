"""Values of suggestions in the words of the code tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from gridpact.grid.models import PostKind
from gridpact.learning.choices import Field
from gridpact.orders.choices import Klass
from gridpact.orders.models import Category
from gridpact.orgs.models import Org


@dataclass(frozen=True, slots=True)
class Names:
    """Names of categories, organisations and kinds of posts, read once."""

    categories: Mapping[str, str]
    orgs: Mapping[str, str]
    posts: Mapping[str, str]

    @classmethod
    def read(cls, values: Iterable[str] = ()) -> Self:
        """Three small queries; of organisations only those among `values`."""
        codes = {each.partition(":")[2] for each in values if each.startswith("org:")}
        return cls(
            dict(Category.objects.values_list("code", "name")),
            dict(Org.objects.filter(code__in=codes).values_list("code", "name")),
            dict(PostKind.objects.values_list("code", "name")),
        )

    def of(self, field: str, value: str) -> str:
        """A value as people call it; what is no longer in the code table keeps its code."""
        if field == Field.KLASS:
            return str(Klass(value).label) if value in Klass.values else value
        if field != Field.HANDLER:
            return self.categories.get(value, value)
        kind, _sign, code = value.partition(":")
        return (self.orgs if kind == "org" else self.posts).get(code, code)


def percent(share: float | None) -> str:
    """A share as whole per cent; a dash without one."""
    return "–" if share is None else f"{round(100 * share)}%"


def quoted(words: Iterable[str]) -> str:
    """Words in quotation marks, one after the other."""
    return "".join(_("“%(word)s”") % {"word": word} for word in words)
