"""Training of a teaching model: numbered batches, periodic checkpoints, exact resume."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from engine.teaching.architectures import WINDOW, create, hidden_states
from engine.teaching.corpus import Batch, Corpus


@dataclass(frozen=True)
class Plan:
    """What decides a training run, and nothing else does (with the device).

    Attributes:
        model: ``"teach-rope"`` or ``"teach-alibi"``.
        steps: Optimiser steps in all.
        seed: Of the weights and of the batches.
        rows: Windows per batch (lessons are drawn until their tokens fill so many).
        window: Tokens of the longest window.
        rate: Highest learning rate of AdamW (embeddings, norms, biases).
        matrix_rate: Highest learning rate of Muon (the layers' weight matrices).
        warmup: Steps of linear warm-up.
        decay: Share of the steps, at the end, over which the rate falls to nothing.
        precision: ``"bfloat16"`` (autocast) or ``"float32"``.
        focus: Courses practised more or less than the recipe says, with their factors.
        chinese: Share of lessons in Chinese.
    """

    model: str
    steps: int
    seed: int = 1
    rows: int = 8
    window: int = WINDOW
    rate: float = 3e-3
    matrix_rate: float = 1e-2
    warmup: int = 100
    decay: float = 0.6
    precision: str = "bfloat16"
    focus: dict[str, float] = field(default_factory=dict)
    chinese: float = 0.5

    def share(self, step: int) -> float:
        """Factor of the learning rate at ``step``: warm-up, plateau, linear decay."""
        falling = max(1, round(self.decay * self.steps))
        return min(1.0, (step + 1) / self.warmup, (self.steps - step) / falling)


class Trainer:
    """A model, its optimisers and the number of the next batch."""

    def __init__(self, plan: Plan, tokenizer: PreTrainedTokenizerFast, device: str = "cpu") -> None:
        self.plan = plan
        self.device = torch.device(device)
        created: Any = create(plan.model, len(tokenizer), plan.seed)
        self.model: PreTrainedModel = created.to(self.device)
        self.model.train()
        self.corpus = Corpus(tokenizer, plan.seed, plan.rows, plan.window, plan.focus, plan.chinese)
        self.step = 0
        self.seconds = 0.0
        matrices: list[Tensor] = []
        others: list[Tensor] = []
        for name, weight in self.model.named_parameters():
            inner = weight.ndim == 2 and "embed" not in name
            (matrices if inner else others).append(weight)
        self.optimizers: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.Muon(
                matrices, lr=plan.matrix_rate, weight_decay=0.01, adjust_lr_fn="original"
            ),
            torch.optim.AdamW(others, lr=plan.rate, betas=(0.9, 0.98), weight_decay=0.0),
        )

    def loss(self, batch: Batch) -> Tensor:
        """Summed cross-entropy over the scored tokens (the head runs at those positions only)."""
        ids = torch.from_numpy(batch.ids).to(self.device)
        lesson = torch.from_numpy(batch.lesson).to(self.device)
        scored = torch.from_numpy(batch.scored).to(self.device)
        dtype = getattr(torch, self.plan.precision)
        with torch.autocast(self.device.type, dtype, enabled=dtype != torch.float32):
            hidden = hidden_states(self.model, ids, lesson, dtype)
            before = hidden[:, :-1][scored[:, 1:]]  # (targets, hidden)
            head: Any = self.model.get_output_embeddings()  # type: ignore[no-untyped-call]
            logits = head(before)
        return F.cross_entropy(logits.float(), ids[:, 1:][scored[:, 1:]], reduction="sum")

    def train_step(self) -> float:
        """One batch and one step; returns the mean loss of the scored tokens."""
        started = time.monotonic()
        share = self.plan.share(self.step)
        rates = (self.plan.matrix_rate, self.plan.rate)
        for optimizer, rate in zip(self.optimizers, rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = rate * share
            optimizer.zero_grad(set_to_none=True)
        parts = self.corpus.batch(self.step)
        targets = sum(int(part.scored[:, 1:].sum()) for part in parts)
        total = 0.0
        for part in parts:
            loss = self.loss(part) / targets
            loss.backward()  # type: ignore[no-untyped-call]
            total += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        self.step += 1
        self.seconds += time.monotonic() - started
        return total

    def save(self, folder: Path) -> None:
        """Write a checkpoint; a crash in between leaves the former one whole."""
        folder.mkdir(parents=True, exist_ok=True)
        state: dict[str, Any] = {
            "plan": asdict(self.plan),
            "step": self.step,
            "seconds": self.seconds,
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
        }
        partial = folder / "checkpoint.partial"
        torch.save(state, partial)
        partial.replace(folder / "checkpoint.pt")
        (folder / "plan.json").write_text(json.dumps(asdict(self.plan), indent=1) + "\n")

    @classmethod
    def resume(
        cls,
        folder: Path,
        tokenizer: PreTrainedTokenizerFast,
        device: str = "cpu",
        **changes: Any,  # noqa: ANN401
    ) -> Trainer:
        """Continue from a checkpoint.

        ``changes`` alter what lies ahead in the plan: ``steps`` and ``decay`` move its end, best
        before the rate has begun to fall; ``matrix_rate`` changes the rate itself, ``focus`` what
        is practised.
        """
        state = torch.load(folder / "checkpoint.pt", map_location=device, weights_only=True)
        plan = Plan(**state["plan"])
        trainer = cls(replace(plan, **changes), tokenizer, device)
        trainer.model.load_state_dict(state["model"])
        for optimizer, saved in zip(trainer.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        trainer.step, trainer.seconds = state["step"], state["seconds"]
        return trainer

    def run(
        self,
        folder: Path,
        say: Callable[[str], None],
        *,
        save_every: int = 250,
        say_every: int = 50,
    ) -> bool:
        """Train to the end of the plan; False if SIGTERM or SIGINT stopped it (saved first)."""
        stopping = False

        def stop(_signal: int, _frame: FrameType | None) -> None:
            nonlocal stopping
            stopping = True

        before = {s: signal.signal(s, stop) for s in (signal.SIGTERM, signal.SIGINT)}
        losses: list[float] = []
        try:
            while self.step < self.plan.steps and not stopping:
                losses.append(self.train_step())
                if self.step % say_every == 0:
                    tokens = self.step * self.plan.rows * self.plan.window
                    say(
                        f"step {self.step}/{self.plan.steps} loss {sum(losses) / len(losses):.4f}"
                        f" {tokens / 1e6:.2f} M tokens {self.seconds / 60:.1f} min"
                        f" {tokens / self.seconds:.0f} tokens/s"
                    )
                    losses.clear()
                if self.step % save_every == 0:
                    self.save(folder)
        finally:
            self.save(folder)
            for number, handler in before.items():
                signal.signal(number, handler)
        return self.step >= self.plan.steps


def steps_for(
    plan: Plan, tokenizer: PreTrainedTokenizerFast, device: str, minutes: float, trial: int = 12
) -> int:
    """How many steps fit into ``minutes``, by the speed of a few that are thrown away."""
    probe = Trainer(replace(plan, steps=10_000), tokenizer, device)
    for _ in range(2):
        probe.train_step()
    probe.seconds = 0.0
    for _ in range(trial):
        probe.train_step()
    return max(1, int(minutes * 60 / (probe.seconds / trial)))
