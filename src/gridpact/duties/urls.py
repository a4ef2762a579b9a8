"""Addresses of the responsibility matrix and of tasks."""

from __future__ import annotations

from django.urls import path

from gridpact.duties.registers import DUTIES, ITEMS
from gridpact.duties.views import matrix, tasks

app_name = "duties"
urlpatterns = [
    path("duties/", matrix.matrix, name="matrix"),
    path("duties/export.xlsx", matrix.export, name="export"),
    path("duties/import", matrix.importing, name="import"),
    path("duties/fill/<str:code>", matrix.fill, name="fill"),
    path("duties/fields/<str:code>/<str:key>", matrix.field, name="field"),
    *ITEMS.urls("duties/items/"),
    *DUTIES.urls("duties/nine/"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/below", tasks.below, name="below"),
    path("tasks/new/<str:code>", tasks.new, name="new"),
    path("tasks/photos/<uuid:uuid>", tasks.photo, name="photo"),
    path("tasks/<int:pk>", tasks.task, name="task"),
    path("tasks/<int:pk>/order", tasks.order_from, name="order"),
]
