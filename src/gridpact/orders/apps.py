"""App registration of orders."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders, their timeline, steps, claims, photos."""

    name = "gridpact.orders"
    label = "orders"
