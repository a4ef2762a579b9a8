"""Rights come from posts and memberships; refusals carry a code, a status and a sentence."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from gridpact.core.access import (
    PUBLIC,
    Refused,
    can,
    known_verbs,
    policy,
    require,
    shown_name,
    system,
)
from tests.factories.world import World


def test_actor_has_the_rights_of_its_posts(world: World) -> None:
    head = world.actor("zhihe")
    assert head.has("orders.triage")
    assert [grant.cell_code for grant in head.grants_for("orders.triage")] == ["450312100012"]
    assert head.post_label == "致和社区 总网格长"
    assert not world.actor("auditor").has("orders.read")
    assert world.actor("auditor").has("audit.read")
    assert world.actor("unit_liaison").post_label == "致和小学"


def test_public_has_no_rights_and_system_has_all() -> None:
    assert not PUBLIC.has("orders.read")
    assert not PUBLIC.is_signed_in
    assert system("clock").has("anything")


def test_system_actors_are_named_in_words_and_people_as_they_are_called() -> None:
    with override("en"):
        assert shown_name("clock", None) == "By the system"
    assert shown_name("clock", 7) == "clock"
    assert shown_name("覃明", 7) == shown_name("覃明", None) == "覃明"


def test_require_refuses_with_403(world: World) -> None:
    order = world.order()
    with pytest.raises(Refused) as refusal:
        require(world.actor("neighbour"), "orders.accept", order)
    assert (refusal.value.code, refusal.value.status) == ("forbidden", 403)
    assert str(refusal.value) == refusal.value.sentence != ""
    require(world.actor("zhihe"), "orders.accept", order)


def test_unknown_verb_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        can(PUBLIC, "orders.levitate", None)


def test_a_verb_has_one_policy() -> None:
    assert "orders.triage" in known_verbs()
    with pytest.raises(RuntimeError):
        policy("orders.triage")(lambda actor, obj: True)
