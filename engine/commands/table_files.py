"""Tables of an inspection as files: CSV per table, NPZ, or JSON."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from io import BytesIO, StringIO
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadSpec
from engine.store.atomic import write_bytes, write_text

FORMATS: Final = (".json", ".npz", ".csv")

Columns = Mapping[str, NDArray[np.generic]]


def as_plain(columns: Columns) -> dict[str, list[object]]:
    """Columns as lists; what is not a finite number becomes None."""
    return {name: [_plain(value) for value in column.tolist()] for name, column in columns.items()}


def write_tables(
    place: Path, tables: Mapping[str, Columns], arrays: Columns, facts: Mapping[str, object]
) -> list[Path]:
    """Write what was measured.

    Args:
        place: ``.json`` (facts and tables), ``.npz`` (tables and arrays), ``.csv`` (the first
            table), or a folder for all three and a CSV file per table.
        tables: By name, columns of equal length.
        arrays: Larger arrays, for NPZ alone.
        facts: Single values, for JSON alone.

    Returns:
        The files.

    Raises:
        BadSpec: The name ends in something else.
        StoreError: A file cannot be written.
    """
    check_place(place)
    match place.suffix.lower():
        case ".json":
            return [_json(place, tables, facts)]
        case ".npz":
            return [_npz(place, tables, arrays)]
        case ".csv":
            return [_csv(place, next(iter(tables.values())))]
    files = [_csv(place / f"{name}.csv", columns) for name, columns in tables.items()]
    files.append(_json(place / "facts.json", tables, facts))
    return [*files, _npz(place / "arrays.npz", tables, arrays)]


def check_place(place: Path) -> None:
    """Raise `BadSpec` for a file of a kind that no table is written to."""
    if place.suffix and place.suffix.lower() not in FORMATS and not place.is_dir():
        raise BadSpec(
            f"{place.name} has no known ending.",
            f"Choose one of: {', '.join(FORMATS)}, or a folder for all.",
        )


def _json(place: Path, tables: Mapping[str, Columns], facts: Mapping[str, object]) -> Path:
    import msgspec

    plain = {name: as_plain(columns) for name, columns in tables.items()}
    write_bytes(place, msgspec.json.format(msgspec.json.encode({**facts, **plain}), indent=1))
    return place


def _npz(place: Path, tables: Mapping[str, Columns], arrays: Columns) -> Path:
    flat = {
        f"{table}_{name}": column
        for table, columns in tables.items()
        for name, column in columns.items()
    }
    file = BytesIO()
    np.savez_compressed(file, allow_pickle=False, **flat, **arrays)
    write_bytes(place, file.getvalue())
    return place


def _csv(place: Path, columns: Columns) -> Path:
    file = StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
    write_text(place, file.getvalue())
    return place


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
