"""Sentences for what the other doors refuse."""

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals

register_refusals(
    {
        "chain_empty": _("No entry was found. A chain has lines that begin with 1., 2., 3. …"),
        "chain_long": _("The text has %(given)s entries; at most %(most)s fit."),
        "chain_text_long": _("The text has %(given)s characters; at most %(most)s fit."),
        "chain_kind": _("“%(given)s” is unknown; expected one of %(allowed)s."),
        "chain_day": _("The day %(given)s lies in the future."),
        "chain_day_old": _("The day %(given)s lies too far back; please check the year."),
        "reference_taken": _(
            "This number belongs to order %(number)s already; add a number of your own, e.g. -2."
        ),
        "reference_used": _("This number is used already; add a number of your own, e.g. -2."),
        "box_day": _("A box is emptied between 2000 and today, not on %(given)s."),
        "box_empty": _("Enter at least one slip."),
        "box_slips": _("Slip %(row)s: %(why)s"),
        "witnesses_two": _("Name the two people who emptied the box."),
        "hotline_columns": _("Say which column holds: %(columns)s."),
        "row_flaw": "%(why)s",
        "row_number_missing": _("The row has no number of the hotline."),
        "row_number_long": _("A number of the hotline has at most %(most)s signs."),
        "hotline_empty": _("The file has no rows."),
        "hotline_code": _("A code of a hotline has up to 20 small letters, digits and -."),
    }
)
