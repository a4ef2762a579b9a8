"""Sign-in pages at the root, under the names the sign-in library looks for."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import include, path
from django.views.generic import RedirectView

from gridpact.accounts import views
from gridpact.accounts.registers import USERS

_mine = [
    path("me", views.me, name="me"),
    path("me/tokens", views.new_token, name="new_token"),
    path("me/tokens/<int:pk>/end", views.end_token, name="end_token"),
    path("users/<str:key>/password", views.reset, name="reset"),
    *USERS.urls("users/"),
]

urlpatterns = [
    path("login", account.login, name="account_login"),
    path("login/code", mfa.authenticate, name="mfa_authenticate"),
    path("login/again", account.reauthenticate, name="account_reauthenticate"),
    path("login/again/code", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("login/inactive", account.account_inactive, name="account_inactive"),
    path("logout", account.logout, name="account_logout"),
    path("me/password", account.password_change, name="account_change_password"),
    path("me/second-factor", mfa.index, name="mfa_index"),
    path("me/second-factor/on", totp.activate_totp, name="mfa_activate_totp"),
    path("me/second-factor/off", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("me/second-factor/codes", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "me/second-factor/codes/new",
        codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    # Names the library needs; nobody signs up by themselves and mail is not used.
    path("login/new", RedirectView.as_view(pattern_name="account_login"), name="account_signup"),
    path("me/mail", RedirectView.as_view(pattern_name="accounts:me"), name="account_email"),
    path("", include((_mine, "accounts"))),
]
