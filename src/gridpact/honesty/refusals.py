"""Sentences of questions about honest closing."""

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals
from gridpact.notify.texts import register_texts

register_refusals(
    {
        "question_answered": _("This question has been answered already."),
        "question_settled": _("This question has been settled already."),
        "verdict_unknown": _("“%(given)s” is neither fine nor not_fine."),
        "number_range": _("%(key)s must lie between %(least)s and %(most)s, not %(given)s."),
    }
)

register_texts(
    {
        "question_asked": _("A question about how %(number)s was closed waits for your answer."),
        "question_fine": _("Your answer about %(number)s was read: it is in order."),
        "question_not_fine": _("Your answer about %(number)s was read: it is not in order yet."),
    }
)
