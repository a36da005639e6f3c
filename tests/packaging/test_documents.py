"""The documents promise only what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "docs/architecture.md")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_relative_link_leads_somewhere(name):
    document = ROOT / name
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
    missing = [link for link in links if not (document.parent / link).exists()]
    assert not missing


def test_both_readmes_have_the_same_sections_and_commands():
    english, chinese = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")
    )

    def commands(text: str) -> list[str]:
        blocks = re.findall(r"^```\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
        return [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]

    def figures(text: str) -> list[str]:
        return re.findall(r"\d+(?:\.\d+)? ?(?:GB|s\b|秒)", text.replace("秒", "s"))

    assert commands(english) == commands(chinese)
    assert english.count("\n## ") == chinese.count("\n## ")
    assert english.count("\n|") == chinese.count("\n|")
    assert sorted(figures(english)) == sorted(figures(chinese))


def test_the_commands_of_the_readme_exist():
    from typer.testing import CliRunner

    from engine.cli import app

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^lathe (\w+)", text, flags=re.MULTILINE))
    shown = CliRunner().invoke(app, ["--help"]).output
    assert named
    assert all(re.search(rf"\b{name}\b", shown) for name in named), named


def test_the_map_names_folders_that_exist():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    tree = text.split("```")[1]
    engine = re.findall(r"^  ([\w./]+)", tree, flags=re.MULTILINE)
    for name in engine:
        places = [ROOT / "engine" / name, ROOT / "workbench" / name]
        assert any(place.exists() for place in places), name


def test_the_licence_is_whole():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_version_stands_in_the_changelog():
    import tomllib

    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
