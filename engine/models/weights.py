"""Weight files looked at from outside: names, sizes and tensor shapes, without loading a value.

A safetensors file begins with the length of its header (8 bytes, little endian) and the header
itself as JSON: tensor name → dtype, shape, data offsets (safetensors' format description). A
GGUF file begins with its magic, version, counts and key-value pairs (gguf's specification).
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final, Literal

from engine.errors import ModelLoadError

WeightFormat = Literal["safetensors", "pickle", "gguf", "none"]

INDEX_NAME: Final = "model.safetensors.index.json"
PICKLE_SUFFIXES: Final = (".bin", ".pt", ".pth", ".ckpt")
NOT_WEIGHTS: Final = ("training_args", "optimizer", "scheduler", "rng_state", "scaler")
LARGEST_HEADER: Final = 100_000_000
DTYPE_BYTES: Final[dict[str, int]] = {
    "F64": 8,
    "I64": 8,
    "U64": 8,
    "F32": 4,
    "I32": 4,
    "U32": 4,
    "F16": 2,
    "BF16": 2,
    "I16": 2,
    "U16": 2,
}


@dataclass(frozen=True)
class TensorInfo:
    """A stored tensor: its name, its dtype as the file spells it (``"BF16"``), its shape."""

    name: str
    dtype: str
    shape: tuple[int, ...]

    @property
    def numel(self) -> int:
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        return self.numel * DTYPE_BYTES.get(self.dtype, 1)


@dataclass(frozen=True)
class WeightFiles:
    """The weight files of a model folder (or one GGUF file).

    Attributes:
        format: What a load would read; ``"pickle"`` only when there is nothing safer.
        files: Paths, sorted.
        bytes: Their size on disk.
    """

    format: WeightFormat
    files: tuple[Path, ...]
    bytes: int


def weight_files(place: Path) -> WeightFiles:
    """What weights lie in a folder; a path to a ``.gguf`` file stands for itself."""
    if place.is_file():
        return _files("gguf", [place])
    inside = sorted(path for path in place.iterdir() if path.is_file())
    safe = [path for path in inside if path.suffix == ".safetensors"]
    if safe:
        return _files("safetensors", _without_adapters(safe))
    pickles = [
        path
        for path in inside
        if path.suffix in PICKLE_SUFFIXES and not path.name.startswith(NOT_WEIGHTS)
    ]
    if pickles:
        return _files("pickle", pickles)
    ggufs = [path for path in inside if path.suffix == ".gguf"]
    return _files("gguf", ggufs) if ggufs else WeightFiles("none", (), 0)


def _without_adapters(files: list[Path]) -> list[Path]:
    """Leave out a second copy of the weights in another layout, as some repositories carry."""
    own = [path for path in files if path.name.startswith("model")]
    return own or files


def _files(kind: WeightFormat, files: list[Path]) -> WeightFiles:
    return WeightFiles(kind, tuple(files), sum(path.stat().st_size for path in files))


def read_header(file: Path) -> tuple[TensorInfo, ...]:
    """The tensors of one safetensors file.

    Raises:
        ModelLoadError: The file is cut short or is no safetensors file.
    """
    status = file.stat()
    return _read_header(file, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=256)
def _read_header(file: Path, size: int, _changed: int) -> tuple[TensorInfo, ...]:
    try:
        with file.open("rb") as stream:
            length = int(struct.unpack("<Q", stream.read(8))[0])
            if length > min(LARGEST_HEADER, size - 8):
                raise ValueError("the header is longer than the file")
            header = json.loads(stream.read(length))
        tensors = []
        end = 0
        for name, info in header.items():
            if name == "__metadata__":
                continue
            tensors.append(TensorInfo(name, str(info["dtype"]), tuple(info["shape"])))
            end = max(end, int(info["data_offsets"][1]))
        if 8 + length + end > size:
            raise ValueError(f"{8 + length + end - size} bytes are missing at its end")
    except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise ModelLoadError(
            f"The weight file {file.name} is damaged.",
            "Download or copy it again.",
            detail=f"{file}: {error}",
        ) from error
    return tuple(tensors)


def missing_shards(weights: WeightFiles) -> tuple[str, ...]:
    """Names of safetensors files that the folder's index lists and that are not there.

    Raises:
        ModelLoadError: The index is damaged.
    """
    if weights.format != "safetensors":
        return ()
    index = weights.files[0].parent / INDEX_NAME
    if not index.is_file():
        return ()
    try:
        listed = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelLoadError(
            f"The file {INDEX_NAME} is damaged.",
            "Download or copy the model again.",
            detail=f"{index}: {error}",
        ) from error
    return tuple(sorted(listed - {file.name for file in weights.files}))


def tensors_of(weights: WeightFiles) -> tuple[TensorInfo, ...]:
    """Every stored tensor of a safetensors model; empty for the other formats."""
    if weights.format != "safetensors":
        return ()
    return tuple(tensor for file in weights.files for tensor in read_header(file))


def sha256_of(files: tuple[Path, ...], check: Callable[[], None] = lambda: None) -> str:
    """One SHA-256 over the contents of the files in order, in hexadecimal.

    Args:
        files: What to read.
        check: Called between blocks; may raise to stop.
    """
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 22):
                check()
                digest.update(block)
    return digest.hexdigest()


_GGUF_FIXED: Final = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_GGUF_STRING: Final = 8
_GGUF_ARRAY: Final = 9


def gguf_architecture(file: Path) -> str:
    """`general.architecture` of a GGUF file, e.g. ``"llama"``.

    Raises:
        ModelLoadError: It is no GGUF file, or names no architecture.
    """
    try:
        with file.open("rb") as stream:
            if stream.read(4) != b"GGUF":
                raise ValueError("it does not begin with GGUF")
            _version, _tensors, pairs = struct.unpack("<IQQ", stream.read(20))
            for _ in range(pairs):
                key = _gguf_string(stream)
                (kind,) = struct.unpack("<I", stream.read(4))
                if key == "general.architecture" and kind == _GGUF_STRING:
                    return _gguf_string(stream)
                _skip_gguf_value(stream, kind)
        raise ValueError("it names no architecture")
    except (ValueError, KeyError, struct.error, UnicodeDecodeError, OverflowError) as error:
        raise ModelLoadError(
            f"The file {file.name} is no readable GGUF file.",
            "Download or copy it again.",
            detail=f"{file}: {error}",
        ) from error


def _gguf_string(stream: BinaryIO) -> str:
    (length,) = struct.unpack("<Q", stream.read(8))
    if length > LARGEST_HEADER:
        raise ValueError("a name is too long")
    return stream.read(length).decode()


def _skip_gguf_value(stream: BinaryIO, kind: int) -> None:
    if kind == _GGUF_STRING:
        _gguf_string(stream)
    elif kind == _GGUF_ARRAY:
        inner, count = struct.unpack("<IQ", stream.read(12))
        if inner in _GGUF_FIXED:
            stream.seek(_GGUF_FIXED[inner] * count, 1)
        else:
            for _ in range(count):
                _skip_gguf_value(stream, inner)
    else:
        stream.seek(_GGUF_FIXED[kind], 1)
