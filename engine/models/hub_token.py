"""The hub token: kept in the user's settings folder, readable by them alone, sent to the hub only.

It never travels in a spec (specs are stored and shown) nor on a command line.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from engine.paths import Paths

HUB_HOSTS: Final = ("huggingface.co", "hf.co")


def is_the_hub(endpoint: str) -> bool:
    """Whether an address is the hub itself (over TLS); everything else is a mirror."""
    parts = urlsplit(endpoint)
    host = (parts.hostname or "").lower()
    return parts.scheme == "https" and any(
        host == own or host.endswith(f".{own}") for own in HUB_HOSTS
    )


def token_file(paths: Paths) -> Path:
    """Where the token is kept."""
    return paths.config / "hub-token"


def write_token(paths: Paths, token: str) -> None:
    """Keep a token; an empty one deletes it."""
    file = token_file(paths)
    if not token.strip():
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(token.strip())
    fresh.replace(file)


def read_token(paths: Paths) -> str:
    """The kept token, else the one the hub's own tools keep; empty = none."""
    file = token_file(paths)
    if file.is_file():
        return file.read_text(encoding="utf-8").strip()
    from huggingface_hub import get_token

    return get_token() or ""
