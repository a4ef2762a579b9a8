"""Keeping the categories of orders."""

from __future__ import annotations

from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core.access import Actor, Refused, require
from gridpact.orders.models import Category


@transaction.atomic
def save_category(category: Category, *, actor: Actor) -> Category:
    """Keep a new category, or the changed name, area and state of a standing one (by pk).

    Two levels: service areas, and kinds of matters below them. The same values change nothing.
    Raises `Refused`: forbidden, category_code_taken, category_deep.
    """
    require(actor, "orders.save_category")
    stored = Category.objects.select_for_update().filter(pk=category.pk).first()
    if stored is not None and _facts(stored) == _facts(category):
        return stored
    if Category.objects.filter(code=category.code).exclude(pk=category.pk).exists():
        raise Refused("category_code_taken", 409, code=category.code)
    parent = category.parent
    if parent is not None and (parent.parent_id is not None or parent.pk == category.pk):
        raise Refused("category_deep", 422)
    if parent is not None and stored is not None and stored.children.exists():
        raise Refused("category_deep", 422)
    category.save()
    was = _facts(stored) if stored is not None else None
    audit.record_saved(actor, "orders.save_category", category, was, _facts(category))
    return category


def _facts(category: Category) -> tuple[object, ...]:
    return category.code, category.name, category.parent_id, category.is_active
