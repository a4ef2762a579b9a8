"""Every main page, for everyone: fits the phone, raises no script or CSP error, is accessible."""

from __future__ import annotations

import pytest
from playwright.sync_api import ViewportSize

from tests.e2e.people import PC, PHONE, Visitors
from tests.e2e.tours import PUBLIC, TOURS, WITH_AXE, axe_findings, first_order, walk

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
SIZES = pytest.mark.parametrize("size", [PHONE, PC], ids=["phone", "pc"])
MAX_BYTES = 200_000


@SIZES
def test_public_pages_fit_and_are_accessible(visitors: Visitors, size: ViewportSize) -> None:
    page = visitors.anyone(size)
    assert walk(page, PUBLIC, with_axe=True) == []


@SIZES
@pytest.mark.parametrize("name", TOURS)
def test_the_pages_of_everyone_fit_and_are_accessible(
    visitors: Visitors, name: str, size: ViewportSize
) -> None:
    page = visitors.person(name, size)
    order = first_order(page) if "/orders/" in TOURS[name] else None
    paths = (*TOURS[name], *([order] if order else []))
    assert walk(page, paths, with_axe=name in WITH_AXE) == []


def test_axe_finds_nothing_in_the_dark(visitors: Visitors) -> None:
    page = visitors.person("zhihe", PC, color_scheme="dark")
    order = first_order(page)
    assert order is not None
    assert walk(page, ("/work", "/orders/", order, "/cells/", "/", "/o/new"), with_axe=True) == []


def test_the_sign_of_a_grid_opens_from_its_page_as_a_paper(visitors: Visitors) -> None:
    page = visitors.person("zhihe", PHONE)
    page.goto("/cells/450312100012001")
    link = page.locator("a[href$='/sign.pdf']").first
    paper = page.request.get(str(link.get_attribute("href")))
    assert (paper.status, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.body().startswith(b"%PDF-")


def test_axe_would_find_a_picture_without_words(visitors: Visitors) -> None:
    page = visitors.anyone(PHONE)
    page.goto("/")
    page.evaluate("document.querySelector('main').append(new Image(9, 9))")
    assert any("image-alt" in line for line in axe_findings(page))


def test_a_page_weighs_less_than_200_kilobytes(visitors: Visitors) -> None:
    page = visitors.person("zhihe", PHONE)
    order = first_order(page)
    assert order is not None
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    received: dict[str, float] = {}
    names: dict[str, str] = {}
    client.on(
        "Network.responseReceived",
        lambda e: names.update({e["requestId"]: e["response"]["url"]}),
    )
    client.on(
        "Network.loadingFinished",
        lambda e: received.update({e["requestId"]: e["encodedDataLength"]}),
    )
    for path in ("/", "/work", "/orders/", order):
        received.clear()
        names.clear()
        page.goto(path, wait_until="networkidle")
        # The map and the photos people took are not the page.
        weight = {
            url: received.get(key, 0)
            for key, url in names.items()
            if not any(part in url for part in ("leaflet", "/map.", "geojson", "/files/"))
        }
        assert 10_000 < sum(weight.values()) <= MAX_BYTES, (path, weight)
