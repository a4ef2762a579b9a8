"""Public addresses."""

from __future__ import annotations

from django.urls import path

from gridpact.notices.views import board, follow, home, place, territory, wishes

app_name = "notices"
urlpatterns = [
    path("", home.home, name="home"),
    path("o/new", place.place, name="place"),
    path("o/similar", place.similar, name="similar"),
    path("wishes", wishes.wishes, name="wishes"),
    path("care", wishes.care, name="care"),
    path("care/call", wishes.care_call, name="care_call"),
    path("care/new", place.care_place, name="care_place"),
    path("o/", follow.ask, name="ask"),
    path("o/<str:number>", follow.follow, name="follow"),
    path("o/<str:number>/receipt", place.receipt, name="receipt"),
    path("o/<str:number>/rate", follow.rate, name="rate"),
    path("o/<str:number>/withdraw", follow.withdraw, name="withdraw"),
    path("o/<str:number>/urge", follow.urge, name="urge"),
    path("o/<str:number>/join", follow.join, name="join"),
    path("board", board.board, name="board"),
    path("board/points.geojson", board.points, name="points"),
    path("board/<str:number>", board.detail, name="board_detail"),
    path("map", territory.territory_map, name="map"),
    path("cells.geojson", territory.cells_geojson, name="cells_geojson"),
    path("robots.txt", home.robots, name="robots"),
    path("favicon.ico", home.favicon, name="favicon"),
    path("manifest.webmanifest", home.manifest, name="manifest"),
]
