"""Orders and everything that hangs on one: timeline, steps, claims, photos, ratings."""

from gridpact.orders.models.order import Category, NumberDay, Order
from gridpact.orders.models.parts import Claim, OrderLog, OrderStep, Photo, Rating

__all__ = [
    "Category",
    "Claim",
    "NumberDay",
    "Order",
    "OrderLog",
    "OrderStep",
    "Photo",
    "Rating",
]
