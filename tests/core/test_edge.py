"""What every call of the API shares: its body."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories.world import GRID, World


@pytest.mark.parametrize("depth", [60, 500, 1000])
def test_a_body_of_objects_within_objects_is_refused(world: World, depth: int) -> None:
    body = '{"text":' * depth + "1" + "}" * depth
    answer = Client().post("/api/v1/public/orders", body, content_type="application/json")
    assert answer.status_code == 400 and answer.json()["code"] == "json_broken"


def test_a_text_that_is_too_long_is_not_called_a_list(world: World) -> None:
    body = {"text": "灯坏了", "cell": GRID, "address": "长" * 201, "photos": ["x"] * 10}
    answer = Client().post("/api/v1/public/orders", body, content_type="application/json")
    said = {each["field"]: each["message"] for each in answer.json()["errors"]}
    assert (said["address"], said["photos"]) == ("过长", "条目过多")
