"""Addresses of the page on what was learnt."""

from __future__ import annotations

from django.urls import path

from gridpact.learning import views

app_name = "learning"
urlpatterns = [
    path("learning/", views.models, name="models"),
    path("learning/train", views.train_now, name="train"),
    path("learning/<slug:field>", views.field, name="field"),
    path("learning/<slug:field>/switch", views.switch, name="switch"),
    path("learning/<slug:field>/overruled", views.overruled, name="overruled"),
    path("learning/versions/<int:pk>/use", views.use, name="use"),
]
