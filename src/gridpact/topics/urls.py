"""Addresses of hot topics."""

from __future__ import annotations

from django.urls import path

from gridpact.topics import views

app_name = "topics"
urlpatterns = [
    path("topics/", views.topics, name="list"),
    path("topics/look", views.look, name="look"),
    path("topics/<int:pk>", views.detail, name="detail"),
    path("topics/<int:pk>/unite", views.unite, name="unite"),
]
