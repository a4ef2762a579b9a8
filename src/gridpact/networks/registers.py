"""The register of networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.networks.forms import NetworkForm
from gridpact.networks.models import Network
from gridpact.networks.services import save_network
from gridpact.ui import parts
from gridpact.ui.registers import Register, RegisterColumn


def _create(form: Any, actor: Actor) -> Network:
    network: Network = form.instance
    return save_network(network, actor=actor)


def _update(network: Network, form: Any, actor: Actor) -> Network:
    return _create(form, actor)  # the form carries the row


def _actions(network: Network, actor: Actor) -> Sequence[parts.Action]:
    href = reverse("networks:report", kwargs={"code": network.code})
    return [parts.Action(_("Open the report"), href, "report")]


KEPT: Register[Network] = Register(
    namespace="networks",
    name="kept",
    title=_("Networks of departments"),
    singular=_("network"),
    queryset=lambda actor: Network.objects.visible_to(actor).select_related("org"),
    columns=(
        RegisterColumn(_("Network"), lambda row: row.name, "main"),
        RegisterColumn(_("Code"), lambda row: row.code, "code"),
        RegisterColumn(_("Department"), lambda row: row.org.name, width=30),
        RegisterColumn(_("Department code"), lambda row: row.org.code, "code"),
        RegisterColumn(_("Note"), lambda row: row.note),
        RegisterColumn(_("share from which a cell lies in theirs"), lambda row: row.share_in),
        RegisterColumn(
            _("share below which a border counts as drawn differently"),
            lambda row: row.share_touch,
        ),
        RegisterColumn(_("Active"), lambda row: row.is_active),
    ),
    read_right="grid.read",
    write_right="grid.load",
    order_by=("code",),
    search=("name", "code", "org__name"),
    form_class=NetworkForm,
    create=_create,
    update=_update,
    icon="topology-star-3",
    empty=_("No department has brought a network yet."),
    actions=_actions,
)
