"""Addresses of the order pages (design/interface.md §3)."""

from __future__ import annotations

from django.urls import path

from gridpact.orders.registers import CATEGORIES, REPLIES
from gridpact.orders.views import desk, files, hall, intake, many, moves, staff

app_name = "orders"
urlpatterns = [
    path("orders/", staff.order_list, name="list"),
    path("orders/new", intake.new, name="new"),
    path("orders/new/resembling", intake.resembling, name="resembling"),
    path("orders/bulk", many.bulk, name="bulk"),
    path("orders/bulk/<uuid:key>", many.bulk_done, name="bulk_done"),
    path("orders/export", staff.export, name="export"),
    path("orders/ground.geojson", files.ground, name="ground"),
    path("orders/<slug:number>", staff.detail, name="detail"),
    path("orders/<slug:number>/point.geojson", files.point, name="point"),
    path("orders/<slug:number>/reveal", staff.reveal, name="reveal"),
    path("orders/<slug:number>/<slug:verb>", moves.move_page, name="move"),
    path("work/hall", hall.hall, name="hall"),
    path("work/desk", desk.desk, name="desk"),
    path("work/desk/queue", desk.desk_queue, name="desk_queue"),
    path("work/desk/<slug:number>", desk.desk_show, name="desk_order"),
    path("work/desk/<slug:number>/around.geojson", desk.around, name="desk_around"),
    path("work/desk/<slug:number>/decide", desk.desk_decide, name="desk_decide"),
    path("work/desk/<slug:number>/refuse", desk.desk_refuse, name="desk_refuse"),
    path("work/desk/<slug:number>/undo", desk.desk_undo, name="desk_undo"),
    *CATEGORIES.urls("categories/"),
    *REPLIES.urls("replies/"),
    path("files/photo/<uuid:key>", files.photo, name="photo"),
]
