"""Addresses of the supervision desk."""

from __future__ import annotations

from django.urls import path

from gridpact.supervision import views

app_name = "supervision"
urlpatterns = [
    path("supervision/", views.desk, name="desk"),
    path("supervision/weekly", views.week, name="week"),
    path("supervision/answer/<int:pk>", views.answer, name="answer"),
    path("supervision/<slug:number>/instruct", views.instruct, name="instruct"),
]
