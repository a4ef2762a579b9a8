"""Similar solved orders as JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from gridpact.accounts.auth import SIGNED_IN
from gridpact.core.access import Refused
from gridpact.core.edge import actor_of, answer
from gridpact.core.masking import mask_text
from gridpact.orders.api.staff import find
from gridpact.orders.policies import sees_text
from gridpact.orders.schemas import base as schemas
from gridpact.orders.search.similar import Similar, similar_to

router = Router(tags=["orders"], auth=SIGNED_IN)


@router.get("/{number}/similar", response=schemas.SimilarPage)
def similar(request: HttpRequest, number: str) -> HttpResponse:
    """Up to five solved orders like this one, the most alike first; answers are masked.

    For those who read the order in full; the claim hall gets 403.
    """
    actor = actor_of(request)
    order = find(actor, number)
    if not sees_text(actor, order):
        raise Refused("forbidden", 403)
    return answer({"items": [_item(each) for each in similar_to(order, actor)]})


def _item(each: Similar) -> dict[str, Any]:
    order = each.order
    return {
        "number": order.number,
        "title": mask_text(order.title),
        "likeness": round(each.likeness, 3),
        "class": order.klass,
        "category": order.category.code if order.category is not None else None,
        "solved_by": each.solved_by or None,
        "hours": round(each.took.total_seconds() / 3600, 1) if each.took else None,
        "satisfaction": order.satisfaction.lower() or None,
        "near": each.is_near,
        "answer": each.answer,
    }
