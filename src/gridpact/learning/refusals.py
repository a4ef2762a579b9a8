"""Sentences for what verbs on learnt versions refuse."""

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals

register_refusals(
    {
        "field_unknown": _("“%(given)s” is not suggested here."),
        "learnt_unknown": _("There is no such version."),
        "learnt_gone": _("The model of this version is no longer kept."),
        "learnt_in_use": _("This version is in use already."),
        "preselect_range": _("Give a share from 50 to 100 per cent."),
    }
)
