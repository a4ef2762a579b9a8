"""Sentences of the supervision desk."""

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals
from gridpact.notify.texts import register_texts

register_refusals(
    {
        "instruct_ended": _("The order has ended; there is nobody left to instruct."),
        "answered_already": _("This instruction has been answered already."),
        "week_wrong": _("“%(given)s” is not a week such as 2026-W47."),
    }
)

register_texts(
    {
        "order_instructed": _("%(who)s wrote an instruction on %(number)s: %(text)s"),
        "instruction_answered": _("The instruction on %(number)s was answered: %(text)s"),
    }
)
