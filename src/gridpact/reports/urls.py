"""Addresses of figures."""

from __future__ import annotations

from django.urls import path

from gridpact.reports import views

app_name = "reports"

urlpatterns = [
    path("figures", views.figures_page, name="figures"),
    path("figures/<slug:key>", views.figure_page, name="figure"),
]
