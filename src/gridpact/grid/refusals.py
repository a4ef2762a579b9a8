"""Sentences for what asking about the territory may be refused with."""

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals

register_refusals(
    {
        "level_unknown": _("Level “%(given)s” is unknown; expected one of %(allowed)s."),
        "no_place": _("This is no place on earth, or the datum is not wgs84, gcj02 or bd09."),
    }
)
