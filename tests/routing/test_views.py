"""Pages of the rules as the district's desk uses them."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridpact.orders.models import Order
from gridpact.orders.services import accept_order, triage_order
from gridpact.routing.models import Rule, RuleFinding, RuleSet
from gridpact.routing.services import fill_draft, start_draft
from tests.factories.rules import first_rule, in_force, lamp, receiver
from tests.factories.world import World
from tests.pages import browser, words

PAGES = (
    "/routing/", "/routing/export.json", "/routing/versions", "/routing/versions/1",
    "/routing/draft", "/routing/draft/new", "/routing/draft/try", "/routing/draft/publish",
)  # fmt: skip


@pytest.mark.parametrize("who", ["township", "zhihe", "neighbour", "dept", "sysadmin"])
@pytest.mark.parametrize("path", PAGES)
def test_only_keepers_of_the_rules_see_them(world: World, who: str, path: str) -> None:
    assert browser(world, who).get(path).status_code == 403


def test_without_rules_the_page_says_who_decides(world: World) -> None:
    page = browser(world, "district").get("/routing/")
    assert page.status_code == 200
    assert [stage.rows for stage in page.context["stages"]] == [[], []]
    assert b"/routing/draft" in page.content


def test_a_rule_is_written_tried_and_published(world: World) -> None:
    desk = browser(world, "district")
    order = world.order()
    assert desk.post("/routing/draft", {"do": "start"})["Location"] == "/routing/draft"
    form = {
        "name": "路灯报镇", "any_words": "路灯 灯", "desk": "TOWNSHIP", "urgent": "on",
        "is_active": "on",
    }  # fmt: skip
    saved = desk.post("/routing/draft/new?stage=INTAKE", form)
    rule = Rule.objects.get()
    assert saved["Location"] == f"/routing/draft#rule-{rule.pk}"
    assert (rule.conditions, rule.target) == (
        {"any_words": ["路灯", "灯"]}, {"desk": "TOWNSHIP", "urgent": True},
    )  # fmt: skip
    tried = desk.get("/routing/draft/try")
    assert order.number in tried.content.decode() or order.title in words(tried)
    draft = RuleSet.objects.drafts().get()
    done = desk.post("/routing/draft/publish", {"note": "试", "revision": draft.revision})
    assert done["Location"] == "/routing/"
    assert Order.objects.get(pk=world.order().pk).desk.code == "450312100"


def test_a_saved_rule_comes_back_in_its_form(world: World) -> None:
    draft = fill_draft([lamp(), receiver(post="area_head")], actor=world.actor("district"))
    desk = browser(world, "district")
    for rule in draft.rules.all():
        page = desk.get(f"/routing/draft/rules/{rule.pk}")
        form = page.context["form"]
        again = {
            name: form[name].value() for name in form.fields if form[name].value() not in (None, "")
        }
        desk.post(f"/routing/draft/rules/{rule.pk}", again)
        fresh = Rule.objects.get(pk=rule.pk)
        assert (fresh.conditions, fresh.target) == (rule.conditions, rule.target)


def test_a_refused_rule_keeps_what_was_typed(world: World) -> None:
    start_draft(actor=world.actor("district"))
    form = {"name": "坏", "pattern": "(灯", "desk": "TOWNSHIP", "is_active": "on"}
    page = browser(world, "district").post("/routing/draft/new?stage=INTAKE", form)
    assert page.status_code == 422
    assert page.context["form"]["pattern"].value() == "(灯"
    assert page.context["form"].errors["pattern"]
    assert not Rule.objects.exists()


def test_rules_are_moved_and_taken_out_with_buttons(world: World) -> None:
    draft = fill_draft([lamp(key=True), lamp(urgent=True)], actor=world.actor("district"))
    first, second = draft.rules.all()
    desk = browser(world, "district")
    desk.post("/routing/draft", {"do": "down", "rule": first.pk})
    assert list(draft.rules.all()) == [second, first]
    desk.post("/routing/draft", {"do": "drop", "rule": first.pk})
    assert list(draft.rules.all()) == [second]
    assert desk.post("/routing/draft", {"do": "drop", "rule": "x"}).status_code == 404


def test_publishing_a_changed_draft_is_refused_on_its_page(world: World) -> None:
    draft = fill_draft([lamp()], actor=world.actor("district"))
    page = browser(world, "district").post(
        "/routing/draft/publish", {"revision": draft.revision - 1}
    )
    assert page.status_code == 409
    assert not RuleSet.objects.live().exists()


def test_an_old_version_is_brought_back_with_a_button(world: World) -> None:
    first = in_force(world, lamp())
    in_force(world, receiver(org="chengguan"))
    desk = browser(world, "district")
    assert desk.get("/routing/versions").status_code == 200
    assert "灯归谁" in words(desk.get(f"/routing/versions/{(first.number or 0) + 1}"))
    assert desk.post(f"/routing/versions/{first.number}")["Location"] == "/routing/"
    live = RuleSet.objects.live().get()
    assert [rule.name for rule in live.rules.all()] == ["灯"]
    assert str(first.number) in live.note and "=" not in live.note
    assert desk.get("/routing/versions/999").status_code == 404


def test_the_export_loads_again_unchanged(world: World) -> None:
    live = in_force(world, lamp(), receiver(org="chengguan"))
    data = json.loads(browser(world, "district").get("/routing/export.json").content)
    assert [rule["name"] for rule in data] == [rule.name for rule in live.rules.all()]


def test_a_broken_rule_is_loud_on_the_workbench_and_the_rules_page(world: World) -> None:
    live = in_force(world, lamp())
    desk = browser(world, "district")
    assert "/routing/" not in str(desk.get("/work").context["bench"].findings)
    Rule.objects.filter(pk=first_rule(live).pk).update(target={"desk": "450312999"})
    RuleFinding.objects.create(rule=first_rule(live), problem="rule_cell")
    assert "/routing/" in str(desk.get("/work").context["bench"].findings)
    assert "450312999" in words(desk.get("/routing/"))


def test_the_order_page_says_why_it_is_here(world: World) -> None:
    in_force(world, lamp())
    order = world.order()
    page = words(browser(world, "zhihe").get(f"/orders/{order.number}"))
    assert "“灯”" in page or "「灯」" in page


def test_the_dispatch_form_has_the_rules_receiver_chosen(world: World) -> None:
    in_force(world, receiver(post="area_head"))
    head = world.actor("zhihe")
    order = accept_order(world.order(), actor=head)
    triage_order(order, actor=head, klass="EASY", reason="邻里可办")
    form = browser(world, "zhihe").get(f"/orders/{order.number}/dispatch").context["form"]
    assert form["to"].value() == f"post:{world.post('area').pk}"
    assert "灯归谁" in form.fields["to"].help_text


@pytest.mark.parametrize("path", ["/routing/", "/routing/draft", "/routing/draft/try"])
def test_pages_take_the_same_queries_for_any_number_of_rules(world: World, path: str) -> None:
    desk = browser(world, "district")
    world.order()
    counts = []
    for number in (2, 20):
        rules = [lamp(key=True)] * number + [receiver(post="area_head")] * number
        in_force(world, *rules)
        start_draft(actor=world.actor("district"))
        desk.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 24
