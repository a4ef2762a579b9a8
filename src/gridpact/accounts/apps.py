"""App registration of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users and tokens."""

    name = "gridpact.accounts"
    label = "accounts"
