"""What the pages about orders draw: rows, facts, timeline and moves, ready for the templates."""

from gridpact.orders.tables.detail import Detail, detail_of
from gridpact.orders.tables.export import COLUMNS, export_rows
from gridpact.orders.tables.moves import Face, actions_of, face_of
from gridpact.orders.tables.rows import HallCard, OrderRow, hall_cards, order_rows

__all__ = [
    "COLUMNS",
    "Detail",
    "Face",
    "HallCard",
    "OrderRow",
    "actions_of",
    "detail_of",
    "export_rows",
    "face_of",
    "hall_cards",
    "order_rows",
]
