"""Files and functions stay small, and what the house forbids stays out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path
    for folder in ("src", "tests", "bench")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".html", ".css", ".js"} and "migrations" not in path.parts
)
PYTHON = [path for path in SOURCES if path.suffix == ".py"]
TEMPLATES = [path for path in SOURCES if path.suffix == ".html"]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_file_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", [p for p in PYTHON if "src" in p.parts], ids=name)
def test_functions_have_at_most_50_lines(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = [
        f"{node.name} {node.end_lineno - node.lineno + 1}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= 50
    ]
    assert long == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_have_no_inline_script_style_or_handler(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:json|geo\+json)\")", text
    )
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", text)


def test_no_catch_all_modules() -> None:
    banned = {"utils.py", "helpers.py", "common.py", "misc.py"}
    found = [name(path) for path in PYTHON if path.name in banned and "bench" not in path.parts]
    assert found == []


@pytest.mark.parametrize("path", [p for p in PYTHON if "src" in p.parts], ids=name)
def test_every_module_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text))


EDGES = {"views", "api", "tasks", "views.py", "api.py", "tasks.py"}
# Reads that are public by nature or narrowed in the same line by something else than the actor.
SCOPED_MODELS = ("Order", "Photo")
UNSCOPED = re.compile(rf"\b(?:{'|'.join(SCOPED_MODELS)})\.objects\.(?!visible_to)(\w+)")


def test_edges_read_scoped_rows_only_through_a_scope() -> None:
    """Views and API functions never start a read of orders from `objects` without `visible_to`."""
    found = []
    for path in PYTHON:
        inside = path.relative_to(ROOT).parts
        if inside[0] != "src" or not EDGES & set(inside):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if UNSCOPED.search(line) and "scope:" not in line:
                found.append(f"{name(path)}:{number} {line.strip()}")
    assert found == []
