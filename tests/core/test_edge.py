"""What every call of the API shares: its body."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories.world import World


@pytest.mark.parametrize("depth", [60, 500, 1000])
def test_a_body_of_objects_within_objects_is_refused(world: World, depth: int) -> None:
    body = '{"text":' * depth + "1" + "}" * depth
    answer = Client().post("/api/v1/public/orders", body, content_type="application/json")
    assert answer.status_code == 400 and answer.json()["code"] == "json_broken"
