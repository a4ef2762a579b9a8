"""Addresses of the other doors."""

from __future__ import annotations

from django.urls import path

from gridpact.doors.views import boxes, calls, chains, hotlines, index

app_name = "doors"
urlpatterns = [
    path("doors/", index.index, name="index"),
    path("doors/call", calls.call, name="call"),
    path("doors/chains", chains.chains, name="chains"),
    path("doors/chains/new", chains.chain_new, name="chain_new"),
    path("doors/chains/<int:pk>", chains.chain, name="chain"),
    path("doors/boxes", boxes.boxes, name="boxes"),
    path("doors/boxes/new", boxes.box_new, name="box_new"),
    path("doors/hotlines", hotlines.hotlines, name="hotlines"),
    path("doors/hotlines/<slug:code>/status", hotlines.export, name="hotline_status"),
    path("doors/wishes", index.wishes, name="wishes"),
]
