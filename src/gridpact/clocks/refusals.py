"""Sentences for what verbs on calendars and limits refuse."""

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals

register_refusals(
    {
        "limit_twice": _("There is an active limit for exactly this already: %(key)s."),
        "limit_general": _("Each step keeps one limit that fits every order; this is it."),
        "limit_key": _("A code has up to 40 letters, digits, dots, - and _."),
        "limit_amount": _("A limit counted so lies between 1 and %(most)s, not %(given)s."),
        "day_twice": _("The day %(given)s stands there twice."),
        "limit_level": _("Limits and calendars are set for areas down to the grid."),
        "threshold_range": _("%(key)s lies between %(least)s and %(most)s, not %(given)s."),
        "year_long": _("A year has %(most)s days at most; the file has %(given)s rows."),
        "threshold_unknown": _("There is no threshold “%(given)s”."),
        "hours_backwards": _("The hours run from opening over the noon break to closing."),
        "year_unknown": _("Years between %(first)s and %(last)s can be kept, not %(given)s."),
        "day_wrong": _("“%(given)s” is not a day of the year %(year)s."),
        "no_days": _("No day was changed."),
        "base_stays": _("The calendar of the whole district cannot be left out."),
    }
)
