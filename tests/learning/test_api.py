"""What was learnt, for programs."""

from __future__ import annotations

from gridpact.core.access import system
from gridpact.learning import services
from tests.api import anyone, caller
from tests.factories.decided import decided_orders
from tests.factories.world import GRID, World

BASE = "/api/v1/learning"


def test_models_are_listed_switched_and_put_into_use(world: World) -> None:
    decided_orders(world)
    services.train(actor=system("tests"))
    desk = caller(world, "district")
    found = desk.get(f"{BASE}/models").json()
    assert len(found["models"]) == 4 and len(found["switches"]) == 4
    model = next(each for each in found["models"] if each["field"] == "klass")
    assert model["in_use"] and model["rows"] == 240 and len(model["digest"]) == 64
    again = desk.post(f"{BASE}/models/{model['id']}/activate")
    assert again.status_code == 409 and again.json()["code"] == "learnt_in_use"
    off = desk.post(f"{BASE}/fields/klass/switch", {"is_on": False})
    assert off.json() == {"field": "klass", "is_on": False, "preselect": None, "pinned": False}
    wrong = desk.post(f"{BASE}/fields/klass/switch", {"is_on": True, "preselect": 3})
    assert wrong.status_code == 422
    assert not services.switch_of("klass").is_on
    assert desk.post(f"{BASE}/train").json() == {"queued": True}
    assert desk.post(f"{BASE}/fields/other/switch", {"is_on": True}).status_code == 404


def test_others_are_refused(world: World) -> None:
    for name in ("zhihe", "dept", "neighbour", "auditor"):
        person = caller(world, name)
        assert person.get(f"{BASE}/models").status_code == 403
        assert person.post(f"{BASE}/train").status_code == 403
        assert person.post(f"{BASE}/fields/klass/switch", {"is_on": False}).status_code == 403
    assert anyone().get(f"{BASE}/models").status_code == 401
    assert services.switch_of("klass").is_on


def test_suggestions_of_an_order_are_read_within_sight(world: World) -> None:
    decided_orders(world)
    services.train(actor=system("tests"))
    order = world.order("小区门口路灯又不亮了", cell=GRID)
    path = f"/api/v1/orders/{order.number}/suggestions"
    assert caller(world, "zhihe").get(path).json() == []
    services.suggest_waiting(actor=system("tests"))
    found = {each["field"]: each for each in caller(world, "zhihe").get(path).json()}
    assert found["klass"]["value"] == "PUBLIC" and found["klass"]["version"] == 1
    assert "路灯" in found["klass"]["evidence"] and found["klass"]["decided"] is None
    assert found["handler"]["name"] == "城市管理局"
    assert caller(world, "neighbour").get(path).status_code == 404
    assert caller(world, "volunteer").get(path).status_code == 404
    assert anyone().get(path).status_code == 401
