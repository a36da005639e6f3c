"""The job "extend-finetune-look": what a training takes, and what is kept of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.context.tune_spec import TuneLook, TuneLookSpec
from engine.context.tuning import checkpoint
from engine.context.tuning.forecast import forecast
from engine.devices import choose_device, memory
from engine.jobs.spec import Spec
from engine.models.architecture import CONTEXT, number
from engine.models.catalog import locate
from engine.models.skeleton import read_model_config

if TYPE_CHECKING:
    from engine.jobs.job import JobContext


def run(spec: Spec, ctx: JobContext) -> TuneLook:
    """Run a `TuneLookSpec`: from the configuration and the checkpoints' headers alone.

    Raises:
        ModelLoadError, UnsupportedModel: The model cannot be found, built or adapted.
    """
    assert isinstance(spec, TuneLookSpec)
    found = locate(spec.tune.model, ctx.resources)
    options = spec.tune.model.options
    config = read_model_config(found, options.trust_remote_code)
    ctx.check()
    trained = number(config.get_text_config(decoder=True), CONTEXT) or 2048
    free = memory(choose_device(options.device)[0]).free
    return TuneLook(
        forecast(config, spec.tune, trained, free),
        checkpoint.find(checkpoint.root(ctx.resources.paths), spec.tune),
    )
