"""Writing a pruned model: weights, tokenizer, and a card that says how it came about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from engine.jobs.spec import to_plain
from engine.models import bitmask
from engine.pruning.folder import PROVENANCE, whole_folder
from engine.pruning.passages import Passages
from engine.pruning.prune_spec import Loss, MatrixRow, PruneSpec
from engine.store.atomic import cannot_write

if TYPE_CHECKING:
    from engine.models.loaded import LoadedModel

CARD = "README.md"


def save_masks(file: Path, masks: dict[str, Tensor]) -> int:
    """Write every mask (True = pruned, ``[out, in]``) as NPZ; returns the file's bytes.

    Raises:
        StoreError: The disk is full, or the folder cannot be written.
    """
    file = file if file.suffix == ".npz" else file.with_suffix(".npz")
    arrays = {name: mask.numpy() for name, mask in masks.items()}
    partial = file.with_suffix(".partial.npz")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(partial, **arrays)  # type: ignore[arg-type]
        partial.replace(file)
        return file.stat().st_size
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise cannot_write(file, error) from error


def save_model(
    spec: PruneSpec,
    loaded: LoadedModel,
    rows: Sequence[MatrixRow],
    *,
    calibration: Passages,
    before: Loss | None,
    after: Loss | None,
) -> tuple[int, int]:
    """Write the model in memory into ``spec.out``; (bytes written, bytes of the dense file).

    Raises:
        BadSpec: As `check_folder` does.
    """
    with whole_folder(Path(spec.out), overwrite=spec.overwrite) as partial:
        loaded.model.save_pretrained(partial)
        loaded.tokenizer.save_pretrained(partial)
        weights = list(partial.glob("*.safetensors"))
        dense = sum(file.stat().st_size for file in weights)
        written = dense
        if spec.bitmask:
            from safetensors.torch import load_file

            state = {name: tensor for file in weights for name, tensor in load_file(file).items()}
            written = bitmask.save(state, {row.name for row in rows}, partial).stat().st_size
            for file in weights:
                file.unlink()
        _describe(partial, spec, rows, calibration, before, after)
    return written, dense


def _describe(
    folder: Path,
    spec: PruneSpec,
    rows: Sequence[MatrixRow],
    calibration: Passages,
    before: Loss | None,
    after: Loss | None,
) -> None:
    zeros = sum(row.zeros for row in rows)
    weights = sum(row.weights for row in rows)
    facts = {
        "model": spec.model.id,
        "method": spec.method,
        "recipe": to_plain(spec.scored_by()),
        "ratio": zeros / weights,
        "pattern": spec.pattern,
        "calibration": {
            "source": calibration.source,
            "sha256": calibration.sha256,
            "windows": len(calibration.ids),
            "length": spec.length,
            "seed": spec.seed,
        },
        "loss": {
            "dense": None if before is None else to_plain(before),
            "pruned": None if after is None else to_plain(after),
        },
        "bitmask": spec.bitmask,
    }
    (folder / PROVENANCE).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    lines = [
        f"# {spec.model.id}, pruned by {spec.method}",
        "",
        f"{zeros / weights:.1%} of the weights of {len(rows)} matrices are zero.",
        f"Calibration: {calibration.source}, {calibration.tokens:,} tokens, "
        f"sha256 {calibration.sha256[:12]}.",
    ]
    if before is not None and after is not None:
        lines.append(
            f"Perplexity {before.perplexity:.4g} before, {after.perplexity:.4g} after, on "
            f"{before.tokens:,} tokens of the same windows."
        )
    if not spec.bitmask:
        lines.append("The file is as large as before: zeros are stored as values.")
    (folder / CARD).write_text("\n".join(lines) + "\n", encoding="utf-8")
