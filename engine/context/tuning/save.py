"""Writing a model that was trained on longer texts: its scaling is part of its configuration."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.context.method_names import TITLES
from engine.context.probe_spec import ProbeRow
from engine.context.tune_spec import TuneContextSpec
from engine.errors import BadSpec
from engine.jobs.spec import to_plain

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

PROVENANCE: Final = "context.json"


def check_folder(folder: Path) -> None:
    """Raise `BadSpec` when a folder holds something else than such a model, or is a file."""
    if not folder.exists() or (folder / PROVENANCE).exists():
        return
    if folder.is_file() or any(folder.iterdir()):
        raise BadSpec(
            f"The folder {folder.name} is not empty and holds no model of a former training.",
            "Choose an empty folder.",
        )


def save(
    spec: TuneContextSpec,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    trained: int,
    before: tuple[ProbeRow, ...],
    after: tuple[ProbeRow, ...],
) -> int:
    """Write a model whose configuration names its scaling; returns the bytes of its weights.

    A former one in the same place is replaced only when the new one is whole.

    Raises:
        BadSpec: As `check_folder` does.
        OSError: It cannot be written; nothing of it is left, and a former one stays.
    """
    folder = Path(spec.out)
    check_folder(folder)
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        model.save_pretrained(partial)
        tokenizer.save_pretrained(partial)
        _write_facts(spec, partial, trained, before, after)
        _put_in_place(partial, folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)  # half a model is of no use to anyone
        raise
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))


def _write_facts(
    spec: TuneContextSpec,
    partial: Path,
    trained: int,
    before: tuple[ProbeRow, ...],
    after: tuple[ProbeRow, ...],
) -> None:
    facts = {
        "model": spec.model.id,
        "method": spec.method,
        "factor": spec.factor,
        "trained": trained,
        "steps": spec.steps,
        "rate": spec.rate,
        "seed": spec.seed,
        "before": [to_plain(row) for row in before],
        "after": [to_plain(row) for row in after],
    }
    (partial / PROVENANCE).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    (partial / "README.md").write_text(_card(spec, trained, before, after), encoding="utf-8")


def _put_in_place(partial: Path, folder: Path) -> None:
    """Let the new folder take the old one's place; the old one comes back if it cannot."""
    former = folder.with_name(folder.name + ".former")
    shutil.rmtree(former, ignore_errors=True)
    had = folder.exists()
    if had:
        folder.replace(former)
    try:
        partial.replace(folder)
    except OSError:
        if had:
            former.replace(folder)
        raise
    shutil.rmtree(former, ignore_errors=True)


def _card(
    spec: TuneContextSpec, trained: int, before: tuple[ProbeRow, ...], after: tuple[ProbeRow, ...]
) -> str:
    lines = [
        f"# {spec.model.id}, {spec.factor:g} times as long",
        "",
        f"{TITLES[spec.method]}, trained for {spec.steps} steps: {trained:,} tokens became "
        f"{round(spec.factor * trained):,}.",
        "",
        "| length | keys found before | after |",
        "|---|---|---|",
    ]
    for old, new in zip(before, after, strict=True):
        lines.append(
            f"| {new.tokens:,} | {old.right} of {old.n} | {new.right} of {new.n} |"
        )  # fmt: skip
    return "\n".join(lines) + "\n"
