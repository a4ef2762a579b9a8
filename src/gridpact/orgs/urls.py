"""Addresses of organisations and their members."""

from __future__ import annotations

from django.urls import path

from gridpact.orgs import views
from gridpact.orgs.party_register import PARTY
from gridpact.orgs.registers import MEMBERS, ORGS

app_name = "orgs"
urlpatterns = [
    path("members/<str:key>/end", views.end, name="end_member"),
    path("party/tree", views.tree, name="party_tree"),
    *PARTY.urls("party/"),
    *ORGS.urls("orgs/"),
    *MEMBERS.urls("members/"),
]
