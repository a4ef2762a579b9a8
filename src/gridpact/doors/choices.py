"""What the entries of a chain become, and what a paste did to an entry."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gridpact.orders.choices import Kind


class ChainKind(models.TextChoices):
    """What the entries of a chain become."""

    WISH = "WISH", _("micro-wishes")
    NEED = "NEED", _("needs")
    SIGN_UP = "SIGN_UP", _("sign-ups")


ORDER_KIND = {ChainKind.WISH: Kind.WISH, ChainKind.NEED: Kind.NEED}


class EntryState(models.TextChoices):
    """What the last paste that touched an entry did to it."""

    NEW = "NEW", _("new")
    CHANGED = "CHANGED", _("changed")
    WITHDRAWN = "WITHDRAWN", _("no longer in the list")


HOTLINE_PARTS = (
    ("number", _("number of the hotline"), True),
    ("text", _("what it is about"), True),
    ("time", _("time of the call"), False),
    ("reporter", _("caller"), False),
    ("phone", _("phone"), False),
    ("address", _("address"), False),
    ("community", _("community"), False),
    ("street", _("street or town"), False),
    ("types", _("category"), False),
    ("property", _("nature of the call"), False),
    ("title", _("title"), False),
)  # (what a column holds, how it is called, must it be there)
