"""Addresses of calendars and limits."""

from __future__ import annotations

from django.urls import path

from gridpact.clocks import views
from gridpact.clocks.registers import AREAS, CALENDARS, LIMITS

app_name = "clocks"
urlpatterns = [
    *LIMITS.urls("clocks/limits/"),
    *CALENDARS.urls("clocks/hours/"),
    *AREAS.urls("clocks/areas/"),
    path("clocks/days", views.year, name="year"),
    path("clocks/days/load", views.load, name="load"),
    path("clocks/thresholds", views.thresholds, name="thresholds"),
    path("clocks/quiet", views.quiet, name="quiet"),
]
