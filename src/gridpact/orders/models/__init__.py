"""Orders and everything that hangs on one: timeline, steps, claims, photos, ratings, dealings."""

from gridpact.orders.models.dealings import (
    Affected,
    Assist,
    Contact,
    Decision,
    Extension,
    Supervision,
    Urge,
)
from gridpact.orders.models.desk import DeskUndo, DeskVisit, StandardReply
from gridpact.orders.models.order import Category, NumberDay, Order
from gridpact.orders.models.parts import Claim, OrderLog, OrderStep, Photo, Rating
from gridpact.orders.models.words import OrderWords, WordsDue, WordsMark

__all__ = [
    "Affected",
    "Assist",
    "Category",
    "Claim",
    "Contact",
    "Decision",
    "DeskUndo",
    "DeskVisit",
    "Extension",
    "NumberDay",
    "Order",
    "OrderLog",
    "OrderStep",
    "OrderWords",
    "Photo",
    "Rating",
    "StandardReply",
    "Supervision",
    "Urge",
    "WordsDue",
    "WordsMark",
]
