"""A download job whose hub is the test: it plans, and fetches when it is let."""

from __future__ import annotations

import threading

from engine.errors import DownloadError
from engine.jobs.job import JobContext
from engine.models.spec import DownloadPlan, DownloadSpec

BYTES = 2_000_000_000
steps = threading.Semaphore(0)
asked: list[DownloadSpec] = []


def download(spec: DownloadSpec, ctx: JobContext) -> DownloadPlan:
    """Ten steps, each let by the test; ``no/where`` does not exist."""
    asked.append(spec)
    if spec.repository == "no/where":
        raise DownloadError("There is no repository “no/where”.", "Check its name.")
    free = 1_000 if spec.repository == "too/large" else 3 * BYTES
    files = (("config.json", 800), ("model.safetensors", BYTES - 800))
    plan = DownloadPlan(spec.repository, "c" * 40, files, 500, BYTES, free)
    if spec.dry_run:
        return plan
    ctx.progress(0.0)
    for step in range(10):
        while not steps.acquire(timeout=0.01):
            ctx.check()
        ctx.progress((step + 1) / 10, f"step {step + 1}")
    return plan
