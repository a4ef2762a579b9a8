"""The register of categories: the district's desk keeps it, everybody on duty reads it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from gridpact.audit.models import AuditRow
from gridpact.core.access import Refused
from gridpact.orders.models import Category
from gridpact.orders.services.categories import save_category
from tests.factories.world import World


def _area() -> Category:
    area = Category.objects.filter(parent__isnull=True).first()
    assert area is not None
    return area


def test_the_district_desk_adds_a_kind_of_matter(world: World) -> None:
    save_category(Category(code="lamp", name="路灯", parent=_area()), actor=world.actor("district"))
    assert Category.objects.get(code="lamp").parent == _area()
    assert AuditRow.objects.filter(action="orders.save_category").count() == 1


@pytest.mark.parametrize("name", ["township", "zhihe", "worker", "orgdept", "secadmin", "dept"])
def test_nobody_else_keeps_categories(world: World, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        save_category(Category(code="lamp", name="路灯"), actor=world.actor(name))
    assert refusal.value.code == "forbidden"
    assert not Category.objects.filter(code="lamp").exists()


def test_categories_have_two_levels(world: World) -> None:
    actor = world.actor("district")
    lamp = save_category(Category(code="lamp", name="路灯", parent=_area()), actor=actor)
    with pytest.raises(Refused) as refusal:
        save_category(Category(code="bulb", name="灯泡", parent=lamp), actor=actor)
    assert refusal.value.code == "category_deep"
    area = _area()
    area.parent = Category.objects.filter(parent__isnull=True).exclude(pk=area.pk).first()
    with pytest.raises(Refused) as refusal:
        save_category(area, actor=actor)
    assert refusal.value.code == "category_deep"
    assert _area().parent is None


def test_a_code_is_given_once_and_the_same_values_change_nothing(world: World) -> None:
    actor = world.actor("district")
    with pytest.raises(Refused) as refusal:
        save_category(Category(code=_area().code, name="别的"), actor=actor)
    assert refusal.value.code == "category_code_taken"
    save_category(_area(), actor=actor)
    assert not AuditRow.objects.filter(action="orders.save_category").exists()


def test_pages_of_categories_by_rights(world: World, client: Client) -> None:
    def enter(name: str) -> Any:
        client.force_login(world.users[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    code = _area().code
    assert "/categories/new" not in enter("zhihe").get("/categories/").content.decode()
    assert client.get(f"/categories/{code}").status_code == 200
    assert client.get(f"/categories/{code}/edit").status_code == 403
    assert "/categories/new" in enter("district").get("/categories/").content.decode()
    form = {"code": "x", "name": "新名称", "parent": "", "is_active": "on"}
    assert client.post(f"/categories/{code}/edit", form)["Location"] == f"/categories/{code}"
    assert Category.objects.get(code=code).name == "新名称"
    assert enter("auditor").get("/categories/").status_code == 403
