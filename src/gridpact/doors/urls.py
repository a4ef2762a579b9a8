"""Addresses of the other doors."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "doors"
urlpatterns: list[URLPattern | URLResolver] = []
