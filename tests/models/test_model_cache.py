"""The hub cache on disk: listed, chosen from, removed with the freed size; and what stays light."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import constants

from engine.api import Resources
from engine.errors import ModelLoadError
from engine.models import cache
from engine.models.catalog import find, list_models
from engine.models.loading import load
from engine.models.reference import ModelRef
from engine.models.spec import ModelEntry
from engine.paths import Paths
from tests.support.tiny_models import save_tiny

OLD, NEW = "1" * 40, "2" * 40


def cached(root: Path, revisions: tuple[str, ...]) -> Path:
    """A repository in the hub's cache layout: blobs, snapshots of links, refs."""
    repo = root / "models--ann--tiny"
    for folder in ("blobs", "refs"):
        (repo / folder).mkdir(parents=True)
    for number, revision in enumerate(revisions):
        source = save_tiny("llama", root.parent / f"source-{number}", seed=number)
        snapshot = repo / "snapshots" / revision
        snapshot.mkdir(parents=True)
        for file in source.iterdir():
            own = number if file.name == "model.safetensors" else "shared"
            blob = repo / "blobs" / f"{file.name}-{own}"
            blob.write_bytes(file.read_bytes())
            (snapshot / file.name).symlink_to(os.path.relpath(blob, snapshot))
    (repo / "refs" / "main").write_text(revisions[-1])
    return repo


@pytest.fixture
def resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Resources:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return Resources(Paths.below(tmp_path / "home"))


def test_a_cached_model_is_listed_found_and_loaded(tmp_path: Path, resources: Resources) -> None:
    repo = cached(tmp_path / "hub", (OLD, NEW))
    entries = [entry for entry in list_models(resources) if entry.source == "hub-cache"]
    assert [(entry.id, entry.revision) for entry in entries] == [
        ("ann/tiny", NEW),
        ("ann/tiny", OLD),
    ]
    assert entries[0].last_used is not None
    assert find(ModelRef("ann/tiny"), resources).path == repo / "snapshots" / NEW
    assert find(ModelRef("ann/tiny", revision=OLD), resources).entry.revision == OLD
    assert find(ModelRef("ann/tiny", revision="main"), resources).entry.revision == NEW
    with pytest.raises(ModelLoadError, match="revision v9"):
        find(ModelRef("ann/tiny", revision="v9"), resources)
    assert load(ModelRef("ann/tiny"), resources).info.parameters > 0


def test_removing_one_revision_frees_only_what_is_its_own(
    tmp_path: Path, resources: Resources
) -> None:
    repo = cached(tmp_path / "hub", (OLD, NEW))
    own = (repo / "blobs" / "model.safetensors-0").stat().st_size
    assert cache.freed_by_removing("ann/tiny", OLD) == own
    [entry] = [entry for entry in list_models(resources) if entry.revision == OLD]
    assert cache.remove_entry(entry) == own
    assert [entry.revision for entry in list_models(resources) if entry.source == "hub-cache"] == [
        NEW
    ]
    rest = sum(blob.stat().st_size for blob in (repo / "blobs").iterdir())
    assert cache.remove("ann/tiny") == rest
    assert not repo.exists()
    with pytest.raises(ModelLoadError, match="ann/tiny"):
        cache.remove("ann/tiny")


def test_models_outside_the_cache_are_left_alone(tmp_path: Path) -> None:
    place = save_tiny("llama", tmp_path / "mine")
    with pytest.raises(ModelLoadError, match="not in the hub cache"):
        cache.remove_entry(ModelEntry(str(place), "folder", str(place)))
    assert (place / "model.safetensors").exists()


def test_half_downloads_are_listed_and_cleaned_up(tmp_path: Path, resources: Resources) -> None:
    repo = cached(tmp_path / "hub", (NEW,))
    half = repo / "blobs" / "abc.1234.incomplete"
    half.write_bytes(b"x" * 1000)
    assert cache.incomplete_downloads() == ((half, 1000),)
    assert cache.remove_incomplete() == 1000
    assert not half.exists()
    assert cache.incomplete_downloads() == ()


def test_without_a_cache_there_is_nothing(resources: Resources) -> None:
    assert [entry for entry in list_models(resources) if entry.source == "hub-cache"] == []
    assert cache.incomplete_downloads() == ()


LIGHT = """
import sys
import engine.devices
import engine.models.cache, engine.models.catalog, engine.models.reference, engine.models.spec
import engine.models.jobs, engine.models.download, engine.models.weights, engine.models.hub_token
from engine.api import Resources
from engine.paths import Paths
from engine.models.catalog import list_models
from pathlib import Path
resources = Resources(Paths.below(Path(sys.argv[1])), (Path(sys.argv[1]),))
list_models(resources)
resources.residency.listen(print)
heavy = {"torch", "transformers", "bitsandbytes", "accelerate"} & set(sys.modules)
sys.exit(f"imported {heavy}" if heavy else 0)
"""


def test_the_catalog_needs_no_torch(tmp_path: Path) -> None:
    save_tiny("llama", tmp_path / "llama")
    done = subprocess.run(
        [sys.executable, "-c", LIGHT, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
