"""The demo's suggestions are those of a model that had not seen the last month."""

from __future__ import annotations

from datetime import timedelta

from gridpact.core import clock
from gridpact.demo.learning import DAYS, build_learning
from gridpact.learning.choices import Field
from gridpact.learning.models import Learnt, Suggestion
from tests.factories.decided import decided_orders
from tests.factories.world import World


def test_what_was_decided_since_stands_beside_what_was_suggested(world: World) -> None:
    orders = {order.pk: order for order in decided_orders(world, 260)}
    count = build_learning()
    since = clock.now() - timedelta(days=DAYS)
    newest = {pk for pk, order in orders.items() if order.created_at > since}
    assert count == len(newest)
    assert {row.last_at > since for row in Learnt.objects.all()} == {False}
    told = Suggestion.objects.filter(field=Field.KLASS)
    assert {row.order_id for row in told} == newest
    assert all(row.decided == orders[row.order_id].klass for row in told)
    assert all(row.made_at == orders[row.order_id].created_at for row in told)
