"""Addresses of the grid."""

from __future__ import annotations

from django.urls import path

from gridpact.grid.registers import TERMS
from gridpact.grid.views import cells, check, gaps, one_map, posts, redraws, sign

app_name = "grid"
urlpatterns = [
    path("cells/", cells.cells, name="cells"),
    path("cells/mine", posts.my_grid, name="mine"),
    path("cells/map", one_map.page, name="map"),
    path("cells/check", check.page, name="check"),
    path("cells/check/points.geojson", check.points, name="check_points"),
    path("cells/<str:code>", cells.cell_page, name="cell"),
    path("cells/<str:code>/map.geojson", one_map.outlines, name="map_outlines"),
    path("cells/<str:code>/outlines.geojson", cells.outlines, name="outlines"),
    path("cells/<str:code>/gaps", gaps.gaps, name="gaps"),
    path("cells/<str:code>/sign.pdf", sign.sign, name="sign"),
    path("cells/<str:code>/edit", cells.edit, name="edit"),
    path("cells/<str:code>/appoint", cells.appoint, name="appoint"),
    path("cells/<str:code>/redraw", redraws.redraw, name="redraw"),
    path("redraws/", redraws.redraws, name="redraws"),
    path("redraws/<str:code>", redraws.redraw_page, name="redraw_page"),
    path("posts/<int:pk>/phone", posts.phone, name="phone"),
    path("posts/<str:key>/away", posts.away, name="away"),
    path("posts/<str:key>/end", cells.end, name="end_term"),
    *TERMS.urls("posts/"),
]
