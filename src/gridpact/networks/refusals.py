"""Sentences for what keeping and reading networks may be refused with."""

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals

register_refusals(
    {
        "network_code_taken": _("The code %(code)s already belongs to another network."),
        "network_not_department": _("%(name)s is no department; a network belongs to one."),
        "network_shares": _("The lower share must not be above the upper one."),
        "network_file": _("%(name)s is no GeoJSON FeatureCollection and no table."),
    }
)
