"""The order calls under `/api/v1`: uploads, the resident's side, the staff's side, the moves."""

from gridpact.orders.api.desk import router as desk
from gridpact.orders.api.many import router as many
from gridpact.orders.api.moves import router as moves
from gridpact.orders.api.public import router as public
from gridpact.orders.api.similar import router as similar
from gridpact.orders.api.staff import router as staff

__all__ = ["desk", "many", "moves", "public", "similar", "staff"]
