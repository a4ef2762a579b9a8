"""Sentences for what only the calls refuse."""

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals

register_refusals(
    {
        "category_unknown": _("No category has the code %(given)s."),
        "channel_wrong": _("Channel “%(given)s” is unknown; expected one of %(allowed)s."),
    }
)
