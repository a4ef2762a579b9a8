"""Sentences of hot topics."""

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals

register_refusals(
    {
        "topic_gone": _("This topic was found anew meanwhile; please open the list again."),
        "topic_target": _("Please choose which of the orders the others are merged into."),
        "topic_nothing": _("Please pick at least one other order."),
        "topic_period": _("Topics are found for 7, 30 or 90 days, not for “%(given)s”."),
    }
)
