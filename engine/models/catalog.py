"""The catalog: which models there are, and where. Reads configs and headers; never torch.

Four sources, in this order: the teaching models that ship with the program, the folders that
the person named, their own model folder, and the hub's local cache. Nothing here uses the
network.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.errors import EngineError, ModelLoadError
from engine.models.spec import ModelEntry, ModelSource
from engine.models.weights import (
    WeightFiles,
    gguf_architecture,
    missing_shards,
    tensors_of,
    weight_files,
)
from engine.paths import RESOURCES

if TYPE_CHECKING:
    from engine.api import Resources
    from engine.models.reference import ModelRef

TEACHING_MODELS: Final = RESOURCES / "models"
CONFIG_NAME: Final = "config.json"
DEPTH: Final = 2
GGUF_ENCODERS: Final = ("bert", "t5")
"""Families (in the names that GGUF files carry) that do not continue a text."""


@dataclass(frozen=True)
class Found:
    """A model's place and what its config says, before any load.

    Attributes:
        entry: As the catalog lists it.
        path: Its folder, or the `.gguf` file.
        config: `config.json` as it stands; empty for GGUF.
        weights: Its weight files.
    """

    entry: ModelEntry
    path: Path
    config: dict[str, object] = field(default_factory=dict)
    weights: WeightFiles = field(default_factory=lambda: WeightFiles("none", (), 0))


def list_models(resources: Resources) -> tuple[ModelEntry, ...]:
    """Every model there is, unreadable ones included with their `problem`. Each place once."""
    entries: dict[str, ModelEntry] = {}
    for entry in _all_entries(resources):
        entries.setdefault(str(Path(entry.path).resolve()), entry)
    return tuple(entries.values())


def _all_entries(resources: Resources) -> Iterator[ModelEntry]:
    from engine.models.cache import cached_snapshots

    for folder in _model_folders(TEACHING_MODELS, 1):
        yield describe_place(folder, folder.name, "teaching").entry
    for root in search_folders(resources):
        for place in _model_folders(root, DEPTH):
            source: ModelSource = "gguf" if place.is_file() else "folder"
            yield describe_place(place, str(place), source).entry
    for snapshot in cached_snapshots():
        found = describe_place(snapshot.path, snapshot.repository, "hub-cache", snapshot.revision)
        yield _with_use(found.entry, snapshot.last_used)


def search_folders(resources: Resources) -> tuple[Path, ...]:
    """Folders in which local models are looked for: those given, then the user's own."""
    return (*resources.model_folders, resources.paths.data / "models")


def _model_folders(root: Path, depth: int) -> Iterator[Path]:
    """Model folders and GGUF files at or below `root`."""
    try:
        if (root / CONFIG_NAME).is_file():
            yield root
            return
        inside = sorted(root.iterdir()) if root.is_dir() else []
    except OSError:  # a folder that may not be read holds nothing for us
        return
    for path in inside:
        if path.is_file() and path.suffix == ".gguf":
            yield path
        elif path.is_dir() and depth > 0 and not path.name.startswith("."):
            yield from _model_folders(path, depth - 1)


def describe_place(
    place: Path, name: str, source: ModelSource, revision: str | None = None
) -> Found:
    """Look at a folder or GGUF file from outside. Never raises: a fault becomes `problem`."""
    try:
        if place.is_file():
            return _describe_gguf(place, name)
        weights = weight_files(place)
        config = read_config(place)
        problem, parameters = _state_of(weights, config)
    except EngineError as error:
        return Found(
            ModelEntry(name, source, str(place), revision=revision, problem=error.message), place
        )
    except OSError as error:
        return Found(
            ModelEntry(
                name,
                source,
                str(place),
                revision=revision,
                problem=f"It cannot be read: {error.strerror}.",
            ),
            place,
        )
    entry = ModelEntry(
        id=name,
        source=source,
        path=str(place),
        architecture=architecture_of(config),
        size_bytes=weights.bytes,
        parameters=parameters,
        last_used=_last_used(weights),
        revision=revision,
        problem=problem,
        generates=generates(config),
    )
    return Found(entry, place, config, weights)


def _describe_gguf(file: Path, name: str) -> Found:
    weights = weight_files(file)
    architecture = gguf_architecture(file)
    entry = ModelEntry(
        id=name,
        source="gguf",
        path=str(file),
        architecture=architecture,
        size_bytes=weights.bytes,
        last_used=_last_used(weights),
        generates=not any(family in architecture.lower() for family in GGUF_ENCODERS),
    )
    return Found(entry, file, {}, weights)


def _state_of(weights: WeightFiles, config: dict[str, object]) -> tuple[str, int | None]:
    """(problem, parameter count) of a readable folder."""
    if weights.format == "none":
        return "It has no weight files; the download may be incomplete.", None
    if weights.format == "pickle":
        return "Its weights are pickle files, which can run code when they are opened.", None
    absent = missing_shards(weights)
    if absent:
        return f"{len(absent)} of its weight files are missing, e.g. {absent[0]}.", None
    tensors = tensors_of(weights)
    if not tensors or "quantization_config" in config:
        return "", None
    return "", sum(tensor.numel for tensor in tensors)


def _with_use(entry: ModelEntry, last_used: float) -> ModelEntry:
    from dataclasses import replace

    return replace(entry, last_used=last_used)


def _last_used(weights: WeightFiles) -> float | None:
    return max((file.stat().st_atime for file in weights.files), default=None)


def read_config(folder: Path) -> dict[str, object]:
    """`config.json` of a model folder.

    Raises:
        ModelLoadError: It is missing, or no JSON object.
    """
    file = folder / CONFIG_NAME
    if not file.is_file():
        raise ModelLoadError(
            f"The folder {folder.name} has no {CONFIG_NAME}.",
            "Choose the folder that holds the model's config and weights.",
            detail=str(folder),
        )
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise ModelLoadError(
            f"The {CONFIG_NAME} of {folder.name} is damaged.",
            "Download or copy the model again.",
            detail=f"{file}: {error}",
        ) from error
    if not isinstance(config, dict) or not ("model_type" in config or "architectures" in config):
        raise ModelLoadError(
            f"The {CONFIG_NAME} of {folder.name} does not describe a model.",
            "Choose a folder in the format of transformers.",
            detail=str(file),
        )
    return config


def architecture_of(config: dict[str, object]) -> str:
    """The class named by the config, else its model type."""
    names = config.get("architectures")
    if isinstance(names, list) and names:
        return str(names[0])
    return str(config.get("model_type", ""))


def generates(config: dict[str, object]) -> bool:
    """Whether a config is that of a model that continues a text (a decoder)."""
    if config.get("is_encoder_decoder") is True:
        return False
    return config.get("is_decoder") is True or not architecture_of(config).endswith("ForMaskedLM")


def locate(ref: ModelRef, resources: Resources) -> Found:
    """Find a model by its reference, whatever state it is in.

    Raises:
        ModelLoadError: There is no such model.
    """
    if not ref.id.strip():
        raise ModelLoadError("No model was named.", "Choose a model from the list.")
    if _is_plain_name(ref.id) and (TEACHING_MODELS / ref.id).is_dir():
        return describe_place(TEACHING_MODELS / ref.id, ref.id, "teaching")
    place = _local_place(ref, resources)
    if place is not None:
        return describe_place(place, ref.id, "gguf" if place.is_file() else "folder")
    found = _cached(ref)
    if found is not None:
        return found
    raise _missing(ref)


def _local_place(ref: ModelRef, resources: Resources) -> Path | None:
    given = Path(ref.id).expanduser()
    candidates = [given] if given.exists() else []
    candidates += [root / ref.id for root in search_folders(resources)]
    for place in candidates:
        if place.is_dir() and ref.options.gguf_file:
            file = place / ref.options.gguf_file
            if not file.is_file():
                raise ModelLoadError(
                    f"The folder {place.name} has no file {ref.options.gguf_file}.",
                    "Choose one of its .gguf files.",
                )
            return file
        if place.is_dir() or (place.is_file() and place.suffix == ".gguf"):
            return place
    return None


def _cached(ref: ModelRef) -> Found | None:
    from engine.models.cache import cached_snapshots

    for snapshot in cached_snapshots():
        wanted = ref.revision in (None, snapshot.revision) or ref.revision in snapshot.names
        if snapshot.repository == ref.id and wanted:
            place = snapshot.path
            if ref.options.gguf_file:
                place = place / ref.options.gguf_file
            return describe_place(place, ref.id, "hub-cache", snapshot.revision)
    return None


def _missing(ref: ModelRef) -> ModelLoadError:
    looks_like_path = ref.id.startswith(("/", ".", "~")) or "\\" in ref.id
    if looks_like_path:
        return ModelLoadError(
            f"There is no model at {ref.id}.", "Check the path, or choose another model."
        )
    at = f" at revision {ref.revision}" if ref.revision else ""
    return ModelLoadError(
        f"The model “{ref.id}” is not on this computer{at}.",
        "Download it first, or give the folder that holds it.",
    )


def _is_plain_name(name: str) -> bool:
    return Path(name).name == name and name not in {".", ".."}


def find(ref: ModelRef, resources: Resources) -> Found:
    """Find a model that can be loaded as the reference asks.

    Raises:
        ModelLoadError: It is missing, damaged, incomplete, or its weights are pickle files and
            the reference does not allow them.
    """
    found = locate(ref, resources)
    if found.weights.format == "pickle" and ref.options.allow_pickle:
        return found
    if found.entry.problem:
        hint = "Download or copy it again."
        if found.weights.format == "pickle":
            hint = "Choose a copy in safetensors, or allow pickle for this load if you trust it."
        raise ModelLoadError(
            f"The model “{ref.id}” cannot be loaded. {found.entry.problem}",
            hint,
            detail=str(found.path),
        )
    return found
