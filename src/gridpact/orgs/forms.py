"""Forms for organisations and their members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridpact.accounts.models import User
from gridpact.core import clock
from gridpact.grid.forms import day_field, refer
from gridpact.grid.models import Cell
from gridpact.orgs.models import Org, OrgMember, PartyOrg

if TYPE_CHECKING:
    _OrgForm = forms.ModelForm[Org]
    _MemberForm = forms.ModelForm[OrgMember]
    _PartyForm = forms.ModelForm[PartyOrg]
else:  # has no type parameters when it runs
    _OrgForm = _MemberForm = _PartyForm = forms.ModelForm


class OrgForm(_OrgForm):
    """An organisation; its code stays once it is given."""

    cell = forms.ModelChoiceField(
        label=_("Cell code"), required=False, queryset=Cell.objects.open().defer("boundary"),
        to_field_name="code", widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("Where it sits or serves; empty when it serves the whole district."),
        error_messages={"invalid_choice": _("No cell has this code.")},
    )  # fmt: skip

    class Meta:
        model = Org
        fields = ("code", "name", "kind", "uscc", "cell", "contact", "phone", "is_active")
        labels = {
            "code": _("Code"), "name": _("Organisation"), "kind": _("Kind"),
            "uscc": _("Unified social credit code"), "contact": _("Contact"),
            "phone": _("Office phone"), "is_active": _("Active"),
        }  # fmt: skip
        help_texts = {"code": _("Latin letters, digits, - and _; it stays for good.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True

    def clean_uscc(self) -> str:
        """Letters of a credit code are capitals."""
        return str(self.cleaned_data["uscc"]).strip().upper()


class MemberForm(_MemberForm):
    """A person in an organisation: username, code of the organisation, role, first and last day."""

    user = forms.ModelChoiceField(
        label=_("Username"), queryset=User.objects.filter(is_active=True),
        to_field_name="username", widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid_choice": _("No account has this username.")},
    )  # fmt: skip
    org = forms.ModelChoiceField(
        label=_("Organisation code"), queryset=Org.objects.active(), to_field_name="code",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid_choice": _("No organisation has this code.")},
    )  # fmt: skip
    starts = day_field(_("First day"), required=True)
    ends = day_field(_("Last day"), help_text=_("Empty for an open term."))

    class Meta:
        model = OrgMember
        fields = ("user", "org", "role", "starts", "ends")
        labels = {"role": _("Role")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("user", "org", "role"):
                self.fields[name].disabled = True
            refer(self, {"user": User.objects.all(), "org": Org.objects.all()})
        else:
            self.initial.setdefault("starts", clock.today())

    def clean(self) -> dict[str, Any]:
        """Nothing more: order of days and double memberships are refused by the verb."""
        return self.cleaned_data


class EndMemberForm(forms.Form):
    """The last day in the role."""

    last_day = day_field(_("Last day"), required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("last_day", clock.today())


class PartyForm(_PartyForm):
    """A Party body; parent, cell, organisation and secretary by their codes and username."""

    parent = forms.ModelChoiceField(
        label=_("Parent body"), required=False, queryset=PartyOrg.objects.active(),
        to_field_name="code", widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Its code; empty at the top."),
        error_messages={"invalid_choice": _("No Party body has this code.")},
    )  # fmt: skip
    cell = forms.ModelChoiceField(
        label=_("Cell code"), required=False, queryset=Cell.objects.open().defer("boundary"),
        to_field_name="code", widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("The community, grid or building it stands for."),
        error_messages={"invalid_choice": _("No cell has this code.")},
    )  # fmt: skip
    org = forms.ModelChoiceField(
        label=_("Organisation code"), required=False, queryset=Org.objects.active(),
        to_field_name="code", widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Where the body is inside an organisation."),
        error_messages={"invalid_choice": _("No organisation has this code.")},
    )  # fmt: skip
    secretary = forms.ModelChoiceField(
        label=_("Secretary"), required=False, queryset=User.objects.filter(is_active=True),
        to_field_name="username", widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("The username of the account."),
        error_messages={"invalid_choice": _("No account has this username.")},
    )  # fmt: skip

    class Meta:
        model = PartyOrg
        fields = ("code", "name", "kind", "parent", "cell", "org", "secretary", "is_active")
        labels = {
            "code": _("Code"), "name": _("Party body"), "kind": _("Kind"), "is_active": _("Active"),
        }  # fmt: skip
        help_texts = {"code": _("Latin letters, digits, - and _; it stays for good.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True
