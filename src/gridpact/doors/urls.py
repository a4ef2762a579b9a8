"""Addresses of the other doors."""

from __future__ import annotations

from django.urls import path

from gridpact.doors.views import chains

app_name = "doors"
urlpatterns = [
    path("doors/chains", chains.chains, name="chains"),
    path("doors/chains/new", chains.chain_new, name="chain_new"),
    path("doors/chains/<int:pk>", chains.chain, name="chain"),
]
