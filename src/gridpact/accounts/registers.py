"""The register of accounts, kept by the security administrator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.accounts.models import User
from gridpact.accounts.services import edit_account, open_account
from gridpact.core.access import Actor
from gridpact.core.masking import mask_phone
from gridpact.ui import parts
from gridpact.ui.registers import Register, RegisterColumn, RegisterFilter

if TYPE_CHECKING:
    _UserForm = forms.ModelForm[User]
else:
    _UserForm = forms.ModelForm  # has no type parameters when it runs


class UserForm(_UserForm):
    """An account. The username stays; the phone is only written, never shown."""

    phone = forms.CharField(
        label=_("Phone"), required=False, max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        help_text=_("Leave empty to keep the number that stands."),
    )  # fmt: skip

    class Meta:
        model = User
        fields = ("username", "name", "is_active")
        labels = {"username": _("Username"), "name": _("Name"), "is_active": _("Active")}
        help_texts = {"username": "", "is_active": _("A closed account cannot sign in.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["username"].disabled = True


class UserFilter(RegisterFilter):
    """Open or closed accounts, and those without a password."""

    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", _("all")), ("open", _("open account")), ("closed", _("closed account"))],
    )  # fmt: skip

    def apply(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow by state."""
        state = self.cleaned_data.get("state")
        return queryset.filter(is_active=state == "open") if state else queryset


def _accounts(actor: Actor) -> QuerySet[User]:
    """All accounts for the administrator, none for anyone else."""
    if actor.is_system or actor.has("accounts.manage"):
        return User.objects.all()
    return User.objects.none()


def _create(form: Any, actor: Actor) -> User:
    data = form.cleaned_data
    return open_account(data["username"], data["name"], data["phone"], actor=actor)


def _update(user: User, form: Any, actor: Actor) -> User:
    data = form.cleaned_data
    return edit_account(user, data["name"], data["phone"], is_active=data["is_active"], actor=actor)


def _actions(user: User, actor: Actor) -> Sequence[parts.Action]:
    return [
        parts.Action(
            _("New password"), reverse("accounts:reset", kwargs={"key": user.username}), "key",
            possible=user.pk != actor.user_id,
            reason=_("Your own password is changed on your own page."),
        )
    ]  # fmt: skip


USERS: Register[User] = Register(
    namespace="accounts",
    name="users",
    title=_("Accounts"),
    singular=_("account"),
    queryset=_accounts,
    columns=(
        RegisterColumn(_("Name"), lambda row: row.name, "main"),
        RegisterColumn(_("Username"), lambda row: row.username, "code"),
        RegisterColumn(_("Phone"), lambda row: mask_phone(row.phone), masked=True, export=False),
        RegisterColumn(_("Active"), lambda row: row.is_active),
        RegisterColumn(_("Last sign-in"), lambda row: row.last_login),
    ),
    read_right="accounts.manage",
    write_right="accounts.manage",
    order_by=("username",),
    search=("username", "name"),
    filter_class=UserFilter,
    form_class=UserForm,
    create=_create,
    update=_update,
    key="username",
    icon="users",
    actions=_actions,
)
