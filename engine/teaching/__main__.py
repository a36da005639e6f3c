"""``python -m engine.teaching`` builds, exports and reports on the teaching models."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

from engine.teaching.architectures import MODELS


def _focus(text: str) -> dict[str, float]:
    """``comparison=3,story=0.5`` as factors of the courses' weights."""
    pairs = (part.split("=") for part in text.split(",") if part)
    return {name.strip(): float(factor) for name, factor in pairs}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine.teaching", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    build = verbs.add_parser("build", help="train a model, or continue its training")
    build.add_argument("--model", choices=MODELS, required=True)
    build.add_argument("--minutes", type=float, default=60.0, help="sets the steps by a trial")
    build.add_argument("--steps", type=int, help="exact number of steps, instead of --minutes")
    build.add_argument("--matrix-rate", type=float, help="highest learning rate of the matrices")
    build.add_argument("--rate", type=float, help="highest learning rate of all other weights")
    build.add_argument("--decay", type=float, help="share of the steps with a falling rate")
    build.add_argument(
        "--focus",
        type=_focus,
        metavar="COURSE=FACTOR,…",
        help="practise some courses more (or less) than the recipe says",
    )
    build.add_argument("--chinese", type=float, help="share of lessons in Chinese, usually 0.5")
    build.add_argument("--threads", type=int, default=1)
    build.add_argument("--seed", type=int, default=1)
    build.add_argument("--out", type=Path, help="checkpoint folder; continued if it holds one")
    build.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    export = verbs.add_parser("export", help="write a checkpoint as a model folder")
    export.add_argument("checkpoint", type=Path)
    export.add_argument("folder", type=Path)
    report = verbs.add_parser("report", help="measure the models and print the table")
    report.add_argument("--models", nargs="+", default=list(MODELS))
    report.add_argument("--n", type=int, default=400)
    report.add_argument("--threads", type=int, default=2)
    report.add_argument("--write", type=Path, help="document whose table is replaced")
    words = verbs.add_parser("tokenizer", help="build the tokenizer into a folder")
    words.add_argument("folder", type=Path)
    return parser


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


def _build(options: argparse.Namespace) -> int:
    import torch

    from engine.teaching.tokenizer import build, load
    from engine.teaching.trainer import Plan, Trainer, steps_for
    from engine.teaching.vocabulary import chinese_words, sample_texts

    torch.set_num_threads(options.threads)
    folder: Path = options.out or Path("build") / "teaching" / options.model

    names = ("steps", "decay", "rate", "matrix_rate", "focus", "chinese")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    if (folder / "checkpoint.pt").exists():
        trainer = Trainer.resume(folder, load(folder), options.device, **given)
        _say(f"continuing {trainer.plan}")
    else:
        tokenizer = build(sample_texts(), chinese_words())
        tokenizer.save_pretrained(folder)
        tokenizer = load(folder)
        plan = Plan(options.model, seed=options.seed, **{"steps": 1, **given})
        if options.steps is None:
            steps = steps_for(plan, tokenizer, options.device, options.minutes)
            plan = replace(plan, steps=steps)
        trainer = Trainer(plan, tokenizer, options.device)
        _say(f"starting {trainer.plan}")
    done = trainer.run(folder, _say)
    _say("finished" if done else "stopped; run the same command to continue")
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; returns the exit status."""
    options = _parser().parse_args(arguments)
    if options.verb == "build":
        return _build(options)
    if options.verb == "tokenizer":
        from engine.teaching.tokenizer import build
        from engine.teaching.vocabulary import chinese_words, sample_texts

        tokenizer = build(sample_texts(), chinese_words())
        tokenizer.save_pretrained(options.folder)
        print(f"{len(tokenizer)} tokens written to {options.folder}")
        return 0
    if options.verb == "export":
        from engine.teaching.export import export

        export(options.checkpoint, options.folder)
        return 0
    from engine.teaching.report import report

    return report(options.models, options.n, options.threads, options.write, _say)


if __name__ == "__main__":
    sys.exit(main())
