"""Addresses of the grid."""

from __future__ import annotations

from django.urls import path

from gridpact.grid import views
from gridpact.grid.registers import TERMS

app_name = "grid"
urlpatterns = [
    path("cells/", views.cells, name="cells"),
    path("cells/<str:code>", views.cell_page, name="cell"),
    path("cells/<str:code>/outlines.geojson", views.outlines, name="outlines"),
    path("cells/<str:code>/edit", views.edit, name="edit"),
    path("cells/<str:code>/appoint", views.appoint, name="appoint"),
    path("posts/<str:key>/end", views.end, name="end_term"),
    *TERMS.urls("posts/"),
]
