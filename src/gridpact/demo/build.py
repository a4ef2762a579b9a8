"""The demo district: real divisions, drawn inner lines, invented people, a year of orders."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from random import Random

from django.db import connection, models, transaction
from django.utils.translation import override

from gridpact.audit.services import seal_batch
from gridpact.core import clock
from gridpact.core.access import system
from gridpact.demo.dealings import build_dealings
from gridpact.demo.desk import build_desk
from gridpact.demo.doors import build_doors
from gridpact.demo.duties import build_duties
from gridpact.demo.honesty import build_honesty
from gridpact.demo.learning import build_learning
from gridpact.demo.lives import Life
from gridpact.demo.networks import build_networks
from gridpact.demo.orders import Director
from gridpact.demo.party import build_party
from gridpact.demo.people import build_people
from gridpact.demo.publicity import build_publicity
from gridpact.demo.routing import build_routing
from gridpact.demo.supervision import build_supervision
from gridpact.demo.territory import build_territory, feature_collection
from gridpact.demo.topics import build_topics
from gridpact.grid.models import Cell
from gridpact.grid.services import load_cells
from gridpact.notify.models import Outbox
from gridpact.notify.services import deliver_batch
from gridpact.orders.choices import State
from gridpact.orders.models import NumberDay, Order
from gridpact.orders.search.indexing import index_changes
from gridpact.orders.services.numbers import number_text

RESIDENTS, SEED = 1200, 450312
_TELL = {  # who finds a message in the bell, for orders that wait for somebody
    State.SUBMITTED: ("order_opened", "cell_heads"),
    State.DISPATCHED: ("order_dispatched", "handlers"),
    State.DONE: ("order_done", "cell_heads"),
}

TREE_SINCE = datetime(2024, 1, 1, 12, tzinfo=clock.LOCAL)  # the demo's cells exist from this day


def is_empty() -> bool:
    """True while no cell exists: only then may the demo be built."""
    return not Cell.objects.exists()


def build_demo(*, password: str, residents: int = RESIDENTS, seed: int = SEED) -> dict[str, int]:
    """Build everything in one transaction and return counts; does nothing when cells exist.

    `residents` is the number of invented people who place the orders. Equal seeds on equal days
    give equal districts.
    """
    with transaction.atomic(), override("zh-hans"):
        if not is_empty():
            return {}
        rng = Random(seed)
        with clock.frozen(TREE_SINCE):
            specs = build_territory(seed)
            load_cells(feature_collection(specs)["features"], actor=system("demo"))
        cells = list(Cell.objects.order_by("code"))
        cast = build_people(cells, password=password, rng=rng)
        build_party(cells, cast)
        build_networks(specs, rng=Random(seed))
        director = Director(cells, cast, residents=residents, rng=rng)
        lives = sorted(director.lives(), key=lambda life: life.order.created_at)
        _number(lives)
        _save(lives)
        build_duties(seed)
        build_publicity(director.before, director.after, rng=Random(seed))
        build_dealings(cast, rng=Random(seed))
        build_desk()
        build_routing()
        build_supervision()
        build_doors()
        build_topics()
        build_learning()
        build_honesty(seed)
    while deliver_batch():
        pass
    while seal_batch():
        pass
    index_changes(seconds=60)
    return {"cells": len(cells), "orders": len(lives)}


def _number(lives: list[Life]) -> None:
    """Give every order its number, and leave the sequences where the next real order finds them."""
    serials: Counter[object] = Counter()
    bases = []
    for position, life in enumerate(lives):
        day = life.order.created_at.astimezone(clock.LOCAL).date()
        if not serials[day]:
            bases.append(NumberDay(day=day, base=position))
        serials[day] += 1
        life.order.number = number_text(day, serials[day])
    NumberDay.objects.bulk_create(bases)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('orders_number_seq', %s)", [len(lives)])


def _save(lives: list[Life]) -> None:
    Order.objects.bulk_create([life.order for life in lives], batch_size=400)
    for life in lives:
        life.attach(life.order.pk)
    rows: list[models.Model] = []
    for life in lives:
        rows += [*life.log, *life.steps, *life.claims, *life.ratings, *life.photos]
    by_model: dict[type[models.Model], list[models.Model]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    audits = sorted((row for life in lives for row in life.audits), key=lambda row: row.at)
    by_model[type(audits[0])] = list(audits)
    by_model[Outbox] = [message for life in lives for message in _messages(life)]
    for model, found in by_model.items():
        model._default_manager.bulk_create(found, batch_size=1000)  # noqa: SLF001 - Django's name


def _messages(life: Life) -> list[models.Model]:
    order = life.order
    rule = _TELL.get(State(order.state))
    if rule is None:
        return []
    if rule[1] == "cell_heads":
        audience = {"rule": "cell_heads", "cell": order.cell_id, "desk": order.desk_id}
    else:
        audience = {
            "rule": "handlers",
            "post": order.handler_post_id,
            "org": order.handler_org_id,
            "user": order.handler_user_id,
        }
    params = {"number": order.number, "title": order.title}
    if order.state == State.SUBMITTED:
        params["cell"] = order.cell.name
    return [
        Outbox(
            template=rule[0],
            params=params,
            audience=audience,
            link=f"/orders/{order.number}",
            created_at=life.log[-1].at,
        )
    ]
