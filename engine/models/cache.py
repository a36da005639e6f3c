"""The hub's local cache: what is in it, and how to give the space back. No network, no torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import ModelLoadError
from engine.models.spec import ModelEntry

if TYPE_CHECKING:
    from huggingface_hub import DeleteCacheStrategy


@dataclass(frozen=True)
class Snapshot:
    """One cached revision of a model repository.

    Attributes:
        repository: ``"owner/name"``.
        revision: Its commit.
        names: Branches and tags that point to it.
        path: The folder with its files.
        bytes: Real disk use of its files (shared files counted in each revision).
        last_used: POSIX seconds of the last read of any file of the repository.
    """

    repository: str
    revision: str
    names: tuple[str, ...]
    path: Path
    bytes: int
    last_used: float


def cache_folder() -> Path:
    """Where the hub's library keeps its cache (``HF_HUB_CACHE`` and ``HF_HOME`` are honoured)."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def cached_snapshots() -> Iterator[Snapshot]:
    """Every cached model revision; of each repository the one on ``main`` or the newest first."""
    from huggingface_hub import scan_cache_dir

    folder = cache_folder()
    if not folder.is_dir():
        return
    for repo in sorted(scan_cache_dir(folder).repos, key=lambda repo: repo.repo_id.lower()):
        if repo.repo_type != "model":
            continue
        newest_first = sorted(
            repo.revisions, key=lambda item: ("main" in item.refs, item.last_modified), reverse=True
        )
        for revision in newest_first:
            yield Snapshot(
                repo.repo_id,
                revision.commit_hash,
                tuple(sorted(revision.refs)),
                revision.snapshot_path,
                revision.size_on_disk,
                repo.last_accessed,
            )


def remove_entry(entry: ModelEntry) -> int:
    """Delete a listed model from the hub cache; returns the bytes freed.

    Raises:
        ModelLoadError: It does not live in the hub cache: other folders belong to the person.
    """
    if entry.source != "hub-cache":
        raise ModelLoadError(
            f"The model “{entry.id}” is not in the hub cache, so Lathe leaves it alone.",
            f"Delete the folder {entry.path} yourself if you no longer need it.",
        )
    return remove(entry.id, entry.revision)


def freed_by_removing(repository: str, revision: str | None = None) -> int:
    """Bytes that `remove` would give back; files that another revision needs stay.

    Raises:
        ModelLoadError: It is not in the cache.
    """
    return int(_strategy(repository, revision).expected_freed_size)


def remove(repository: str, revision: str | None = None) -> int:
    """Delete a repository's cached revision (None = all of them); returns the bytes freed.

    Raises:
        ModelLoadError: It is not in the cache.
    """
    strategy = _strategy(repository, revision)
    freed = int(strategy.expected_freed_size)
    strategy.execute()
    return freed


def incomplete_downloads() -> tuple[tuple[Path, int], ...]:
    """Files that ended downloads left behind, with their sizes; they are never resumed."""
    from huggingface_hub import scan_cache_dir

    folder = cache_folder()
    if not folder.is_dir():
        return ()
    left = scan_cache_dir(folder).incomplete_files
    return tuple(sorted((item.file_path, item.size_on_disk) for item in left))


def remove_incomplete() -> int:
    """Delete what `incomplete_downloads` lists; returns the bytes freed."""
    freed = 0
    for path, size in incomplete_downloads():
        path.unlink(missing_ok=True)
        freed += size
    return freed


def _strategy(repository: str, revision: str | None) -> DeleteCacheStrategy:
    from huggingface_hub import scan_cache_dir

    hashes = [
        snapshot.revision
        for snapshot in cached_snapshots()
        if snapshot.repository == repository
        and (revision in (None, snapshot.revision) or revision in snapshot.names)
    ]
    if not hashes:
        at = f" at revision {revision}" if revision else ""
        raise ModelLoadError(
            f"The cache has no model “{repository}”{at}.",
            "List the models to see what the cache holds.",
        )
    return scan_cache_dir(cache_folder()).delete_revisions(*hashes)
