"""Addresses of downloads."""

from __future__ import annotations

from django.urls import path

from gridpact.downloads import views

app_name = "downloads"
urlpatterns = [
    path("downloads/", views.mine, name="mine"),
    path("downloads/new/<slug:kind>", views.ask, name="ask"),
    path("downloads/<int:pk>/file", views.file, name="file"),
    path("downloads/<int:pk>/cancel", views.cancel, name="cancel"),
]
