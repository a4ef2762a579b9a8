"""Addresses of the living style page."""

from django.urls import path

from gridpact.ui import views

app_name = "ui"
urlpatterns = [
    path("ui/kit", views.kit, name="kit"),
    path("ui/kit/public", views.kit_public, name="kit_public"),
    path("ui/kit/document", views.kit_document, name="kit_document"),
    path("ui/kit/cells.json", views.kit_cells, name="kit_cells"),
    path("ui/kit/points.json", views.kit_points, name="kit_points"),
    path("ui/kit/picture.svg", views.kit_picture, name="kit_picture"),
]
