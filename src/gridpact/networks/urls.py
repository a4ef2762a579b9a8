"""Addresses of the networks."""

from __future__ import annotations

from django.urls import path

from gridpact.networks import views
from gridpact.networks.registers import KEPT

app_name = "networks"
urlpatterns = [
    path("networks/", views.networks, name="networks"),
    path("networks/load", views.load, name="load"),
    *KEPT.urls("networks/kept/"),
    path("networks/<slug:code>", views.report, name="report"),
    path("networks/<slug:code>/outlines.geojson", views.outlines, name="outlines"),
    path("networks/<slug:code>/points.geojson", views.points, name="points"),
    path("networks/<slug:code>/export.xlsx", views.export, name="export"),
]
