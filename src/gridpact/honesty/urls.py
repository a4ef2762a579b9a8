"""Addresses of the questions about honest closing."""

from __future__ import annotations

from django.urls import path

from gridpact.honesty import views

app_name = "honesty"
urlpatterns = [
    path("honesty/", views.question_list, name="list"),
    path("honesty/numbers", views.numbers, name="numbers"),
    path("honesty/<int:pk>", views.question, name="question"),
    path("honesty/<int:pk>/answer", views.answer, name="answer"),
    path("honesty/<int:pk>/settle", views.settle, name="settle"),
]
