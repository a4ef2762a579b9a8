"""Addresses of the shell pages."""

from __future__ import annotations

from django.urls import path

from gridpact.web import health, views

app_name = "web"
urlpatterns = [
    path("work", views.work, name="work"),
    path("bell", views.bell, name="bell"),
    path("bell/read", views.bell_read, name="bell_read"),
    path("bell/<int:key>", views.bell_open, name="bell_open"),
    path("search", views.search, name="search"),
    path("audit", views.audit, name="audit"),
    path("prefs", views.prefs, name="prefs"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
