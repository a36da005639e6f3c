"""Texts: literal, all collected, all translated, with the same fields."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "workbench").rglob("*.py"))
FIELD = re.compile(r"\{[^{}]*\}")


def tool():
    place = ROOT / "packaging" / "translations.py"
    spec = importlib.util.spec_from_file_location("translations", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def calls(tree: ast.AST):
    """Every `….tr(…)` and `translate(…)` call with its text argument."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else None
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name == "tr":
            yield node, node.args[0]
        elif name == "translate" and len(node.args) > 1:
            yield node, node.args[0]
            yield node, node.args[1]


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_texts_are_literals(file):
    for node, text in calls(ast.parse(file.read_text(encoding="utf-8"))):
        literal = isinstance(text, ast.Constant) and isinstance(text.value, str)
        assert literal, f"line {node.lineno}: the text must be a literal string"


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_tr_is_called_on_self(file):
    """The collector takes the name before `.tr` for the context; only `self` gives the class."""
    for node, _ in calls(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "tr":
            owner = node.func.value
            assert isinstance(owner, ast.Name), f"line {node.lineno}"
            assert owner.id == "self", f"line {node.lineno}"


def test_every_text_of_the_source_is_in_the_translation(tmp_path):
    translations = tool()
    fresh = tmp_path / "lathe_zh_CN.ts"
    translations.collect(fresh)
    wanted = {(context, source) for context, source, _ in translations.messages(fresh)}
    there = {(context, source) for context, source, _ in translations.messages(translations.TS)}
    assert wanted - there == set(), "run: python packaging/translations.py update"


def test_every_text_is_translated_with_the_same_fields():
    translations = tool()
    assert translations.unfinished(translations.TS) == []
    for context, source, text in translations.messages(translations.TS):
        assert sorted(FIELD.findall(source)) == sorted(FIELD.findall(text)), (context, source)
