"""Sentences for what verbs on messages refuse."""

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals

register_refusals({"quiet_never": _("Quiet hours begin and end at different times.")})
