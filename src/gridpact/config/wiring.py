"""Who reacts to which event, and who is meant by which audience rule. The only place apps are joined."""

from gridpact.orders.events import OrderMoved

SUBSCRIBERS: dict[type, tuple[str, ...]] = {
    OrderMoved: ("gridpact.orders.messages.tell_people",),
}

AUDIENCES: dict[str, str] = {
    "cell_heads": "gridpact.orders.messages.cell_heads",
    "handlers": "gridpact.orders.messages.handlers",
    "users": "gridpact.orders.messages.users",
}

# Numbers that apps above the grid show on its pages, in this order.
CELL_FIGURES: tuple[str, ...] = ("gridpact.orders.territory.open_orders",)
