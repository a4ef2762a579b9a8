"""All URLs: the API, and every app's pages at the root."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from gridpact.config.api import api

PAGES = (
    "notices", "web", "accounts", "downloads", "orders", "doors", "routing", "learning", "topics",
    "duties", "grid", "clocks", "networks", "orgs", "reports", "supervision", "honesty", "ui",
)  # fmt: skip

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    *(path("", include(f"gridpact.{app}.urls")) for app in PAGES),
]
