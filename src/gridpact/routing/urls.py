"""Addresses of the editor of routing rules."""

from __future__ import annotations

from django.urls import path

from gridpact.routing.views import draft, read

app_name = "routing"
urlpatterns = [
    path("routing/", read.live, name="live"),
    path("routing/export.json", read.export, name="export"),
    path("routing/versions", read.versions, name="versions"),
    path("routing/versions/<int:pk>", read.version, name="version"),
    path("routing/draft", draft.draft, name="draft"),
    path("routing/draft/new", draft.new, name="new"),
    path("routing/draft/rules/<int:pk>", draft.edit, name="edit"),
    path("routing/draft/try", draft.trial, name="trial"),
    path("routing/draft/publish", draft.publish, name="publish"),
]
