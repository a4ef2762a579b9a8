"""The register kit on a real register: scope, list, form, export, import."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gridpact.audit.models import AuditRow
from gridpact.orgs.models import Org
from gridpact.ui import sheets
from tests.factories.world import World

pytestmark = [pytest.mark.urls("tests.ui.register_urls")]


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sign_in(world: World, client: Client) -> Any:
    def enter(name: str) -> Client:
        client.force_login(world.users[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


def _csv(*rows: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("t.csv", "\n".join(rows).encode())


def test_the_list_shows_rows_in_sight_and_links_to_them(sign_in: Any) -> None:
    page = sign_in("zhihe").get("/orgs/").content.decode()
    assert 'href="/orgs/chengguan"' in page
    assert "致和小学" in page
    assert 'data-label="代码"' in page


def test_the_list_refuses_the_public_and_those_without_the_right(
    world: World, client: Client, sign_in: Any
) -> None:
    assert client.get("/orgs/").status_code == 302
    assert sign_in("auditor").get("/orgs/").status_code == 403


def test_a_reader_sees_no_buttons_for_writing_and_cannot_write(sign_in: Any) -> None:
    reader = sign_in("worker")
    page = reader.get("/orgs/").content.decode()
    assert "/orgs/new" not in page
    assert "/orgs/import" not in page
    before = Org.objects.count()
    doors = (("get", "new"), ("post", "new"), ("get", "import"), ("post", "school/edit"),
             ("get", "template.xlsx"))  # fmt: skip
    for method, page in doors:
        assert getattr(reader, method)(f"/orgs/{page}").status_code == 403
    assert Org.objects.count() == before


def test_search_and_filter_narrow_the_list_and_show_as_pills(sign_in: Any) -> None:
    page = sign_in("zhihe").get("/orgs/?q=致和&kind=SCHOOL").content.decode()
    assert "致和小学" in page
    assert "城市管理局" not in page
    assert "致和义工队" not in page
    assert 'href="/orgs/?q=%E8%87%B4%E5%92%8C"' in page  # the pill that removes the kind


def test_htmx_gets_only_the_rows(sign_in: Any) -> None:
    answer = sign_in("zhihe").get("/orgs/", headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "致和小学" in answer.content.decode()
    assert "HX-Request" in answer["Vary"]


def test_paging_follows_the_cursor_to_the_end(sign_in: Any) -> None:
    Org.objects.bulk_create(Org(code=f"o{n:03d}", name=f"组织{n:03d}") for n in range(120))
    client = sign_in("zhihe")
    href, seen = "/orgs/", []
    while href:
        page = client.get(href).content.decode()
        seen += re.findall(r'<a href="/orgs/([\w-]+)">', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        href = found.group(1).replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 123
    assert seen[:2] == ["school", "school2"]


def test_a_junk_cursor_is_told_and_not_a_fault(sign_in: Any) -> None:
    assert sign_in("zhihe").get("/orgs/?cursor=zzz").status_code == 400


def test_the_list_needs_the_same_queries_for_few_rows_and_many(
    sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    client = sign_in("zhihe")
    client.get("/orgs/")
    Org.objects.bulk_create(Org(code=f"o{n:03d}", name=f"组织{n:03d}") for n in range(49))
    with django_assert_max_num_queries(8):
        client.get("/orgs/")


def test_a_missing_row_is_404(sign_in: Any) -> None:
    client = sign_in("zhihe")
    assert client.get("/orgs/none").status_code == 404
    assert client.get("/orgs/a%00b").status_code == 404


def test_a_row_is_made_by_the_verb_and_audited(sign_in: Any) -> None:
    client = sign_in("zhihe")
    data = {"code": "clinic", "name": "致和诊所", "kind": "HOSPITAL", "is_active": "on"}
    answer = client.post("/orgs/new", data)
    assert (answer.status_code, answer["Location"]) == (302, "/orgs/clinic")
    assert Org.objects.get(code="clinic").name == "致和诊所"
    assert AuditRow.objects.filter(action="orgs.create", actor_name="zhihe甲").count() == 1


def test_a_wrong_form_comes_back_with_its_errors_and_nothing_is_saved(sign_in: Any) -> None:
    answer = sign_in("zhihe").post("/orgs/new", {"code": "", "name": "x", "kind": "HOSPITAL"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert '<a href="#id_code">代码</a>' in page
    assert 'aria-describedby="id_code_error"' in page
    assert not Org.objects.filter(name="x").exists()


def test_a_refusal_of_the_verb_is_said_in_the_form(sign_in: Any) -> None:
    data = {"code": "no", "name": "refuse me", "kind": "HOSPITAL"}
    answer = sign_in("zhihe").post("/orgs/new", data)
    assert answer.status_code == 422
    assert not Org.objects.filter(code="no").exists()


def test_edit_shows_the_reference_by_code_and_saves(sign_in: Any, world: World) -> None:
    client = sign_in("zhihe")
    page = client.get("/orgs/school/edit").content.decode()
    assert '<option value="450312100012" selected>' in page
    data = {"code": "school", "name": "致和第一小学", "kind": "SCHOOL", "cell": "450312100007"}
    assert client.post("/orgs/school/edit", data).status_code == 302
    org = Org.objects.get(code="school")
    assert (org.name, org.cell, org.is_active) == (
        "致和第一小学",
        world.cells["450312100007"],
        False,
    )


def test_exports_hold_the_filtered_rows_and_are_logged(sign_in: Any) -> None:
    client = sign_in("zhihe")
    body = b"".join(client.get("/orgs/export.xlsx?kind=SCHOOL").streaming_content)
    sheet = sheets.read_table(io.BytesIO(body), "e.xlsx")
    assert [row["名称"] for _, row in sheet.rows] == ["致和小学"]
    text = b"".join(client.get("/orgs/export.csv").streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0] == "名称,代码,网格,启用"
    assert len(text.splitlines()) == 4
    rows = AuditRow.objects.filter(action="t.orgs_export").order_by("id")
    assert [row.why for row in rows] == ["kind=SCHOOL", ""]


def test_the_template_names_required_columns_with_a_star(sign_in: Any) -> None:
    body = b"".join(sign_in("zhihe").get("/orgs/template.xlsx").streaming_content)
    sheet = sheets.read_table(io.BytesIO(body), "e.xlsx")
    assert sheet.header == ("代码 *", "名称 *", "种类 *", "网格", "电话", "启用")
    assert list(sheet.rows) == []


GOOD = (
    "代码,名称,种类,网格,启用",
    "clinic,致和诊所,HOSPITAL,450312100012,是",
    "school,致和小学,SCHOOL,450312100012,是",
    "school2,致和义工总队,SOCIAL,450312100012,1",
)


def _upload(client: Client, *rows: str) -> Any:
    return client.post("/orgs/import", {"file": _csv(*rows)})


def _token(answer: Any) -> str:
    found = re.search(r'name="token" value="([^"]+)"', answer.content.decode())
    return found.group(1) if found else ""


def test_import_tries_first_then_confirms_and_the_same_file_again_changes_nothing(
    sign_in: Any,
) -> None:
    client = sign_in("zhihe")
    tried = _upload(client, *GOOD)
    assert re.findall(r"<dd>(\d)</dd>", tried.content.decode()) == ["1", "1", "1", "0"]
    assert not Org.objects.filter(code="clinic").exists()
    assert not AuditRow.objects.filter(action="orgs.create").exists()
    assert client.post("/orgs/import", {"token": _token(tried)}).status_code == 302
    assert Org.objects.get(code="clinic").cell.code == "450312100012"  # type: ignore[union-attr]
    assert Org.objects.get(code="school2").name == "致和义工总队"
    assert AuditRow.objects.filter(action__in=("orgs.create", "orgs.update")).count() == 2
    again = _upload(client, *GOOD)
    assert re.findall(r"<dd>(\d)</dd>", again.content.decode()) == ["0", "0", "3", "0"]
    assert _token(again) == ""


def test_import_names_the_rows_that_are_wrong_and_takes_none(sign_in: Any) -> None:
    client = sign_in("zhihe")
    answer = _upload(
        client,
        "代码,名称,种类,网格",
        "clinic,致和诊所,HOSPITAL,450312100012",
        "bad,坏,NOTHING,450312100012",
        "clinic,重复,HOSPITAL,",
        ",无码,HOSPITAL,",
        "far,远,HOSPITAL,999",
        "no,refuse me,HOSPITAL,",
    )
    page = answer.content.decode()
    assert re.findall(r'data-label="[^"]+">(\d+)</td>', page) == ["3", "4", "5", "6", "7"]
    assert _token(answer) == ""
    assert Org.objects.count() == 3


def test_import_keeps_what_the_file_does_not_mention(sign_in: Any) -> None:
    Org.objects.filter(code="school").update(phone="0773-000000")
    client = sign_in("zhihe")
    tried = _upload(client, "代码,名称,种类", "school,致和实验小学,SCHOOL")
    client.post("/orgs/import", {"token": _token(tried)})
    org = Org.objects.get(code="school")
    assert (org.name, org.phone, org.is_active) == ("致和实验小学", "0773-000000", True)
    assert org.cell is not None


@pytest.mark.parametrize("rows", [("名称", "x"), ("", "")])
def test_import_without_the_needed_columns_says_which(sign_in: Any, rows: Any) -> None:
    answer = _upload(sign_in("zhihe"), *rows)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_a_kept_upload_works_once_and_only_for_its_owner(
    sign_in: Any, client: Client, world: World
) -> None:
    token = _token(_upload(sign_in("zhihe"), *GOOD))
    assert sign_in("neighbour").post("/orgs/import", {"token": token}).status_code == 422
    assert not Org.objects.filter(code="clinic").exists()
    owner = sign_in("zhihe")
    assert owner.post("/orgs/import", {"token": token + "x"}).status_code == 422
    assert owner.post("/orgs/import", {"token": token}).status_code == 302
    assert owner.post("/orgs/import", {"token": token}).status_code == 422
    assert default_storage.listdir("imports")[1] == []
