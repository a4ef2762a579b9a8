"""Full page or fragment, by the HTMX headers."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from gridpact.ui.render import wants_fragment


@pytest.mark.parametrize(
    ("headers", "fragment"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_only_a_plain_htmx_request_wants_a_fragment(
    headers: dict[str, str], fragment: bool
) -> None:
    assert wants_fragment(RequestFactory().get("/", headers=headers)) is fragment
