"""Memory, disk and the folders in which Lathe and the hub keep files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from engine.doctor.finding import Finding, gigabytes
from engine.paths import Paths

LOW_MEMORY = 2e9
LOW_DISK = 2e9


def findings() -> tuple[Finding, ...]:
    """Memory, disk, the hub's cache and Lathe's own folders."""
    return (memory(), disk(hub_cache()), *folders())


def memory() -> Finding:
    """Main memory: what is free now decides which models fit."""
    import psutil

    usage = psutil.virtual_memory()
    enough = usage.available >= LOW_MEMORY
    return Finding(
        "memory",
        f"{gigabytes(usage.available)} free of {gigabytes(usage.total)}",
        enough,
        "a model in float32 needs 4 bytes per parameter",
        "" if enough else "Close other programs before you load a larger model.",
    )


def disk(folder: Path) -> Finding:
    """Free space where models are downloaded to."""
    free = shutil.disk_usage(existing_parent(folder)).free
    enough = free >= LOW_DISK
    return Finding(
        "disk",
        f"{gigabytes(free)} free",
        enough,
        f"on the disk of {folder}",
        "" if enough else "Remove models on the Models page, or set HF_HOME to a larger disk.",
    )


def hub_cache() -> Path:
    """The cache folder that huggingface_hub uses (its own rules, without importing it)."""
    explicit = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if explicit:
        return Path(explicit).expanduser()
    cache_home = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("HF_HOME") or os.path.join(cache_home, "huggingface")
    return Path(home).expanduser() / "hub"


def folders() -> tuple[Finding, ...]:
    """The cache folders, and whether they can be written."""
    paths = Paths.default()
    return (
        folder("hub cache", hub_cache()),
        folder("data folder", paths.data),
        folder("settings folder", paths.config),
        folder("cache folder", paths.cache),
        folder("log folder", paths.logs),
    )


def folder(name: str, path: Path) -> Finding:
    """A folder: is it there, or can it be made, and may we write?"""
    writable = os.access(existing_parent(path), os.W_OK)
    return Finding(
        name,
        str(path),
        writable,
        "exists" if path.is_dir() else "made at first use",
        "" if writable else f"Give yourself the right to write in {existing_parent(path)}.",
    )


def existing_parent(path: Path) -> Path:
    """The path itself, or its nearest parent that exists."""
    for candidate in (path, *path.parents):
        if candidate.exists():
            return candidate
    return Path.cwd()
