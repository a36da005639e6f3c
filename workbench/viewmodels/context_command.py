"""What the page does, as the command line that does the same without a window."""

from __future__ import annotations

import shlex

from engine.context.probe_spec import ProbeSpec
from engine.pruning.prune_spec import TEACHING


def probe_command(spec: ProbeSpec) -> str:
    """``lathe extend probe …``."""
    words = ["lathe", "extend", "probe", "--model", spec.model.id]
    words += ["--methods", ",".join(spec.methods), "--lengths", ",".join(spec.lengths)]
    if spec.factor:
        words += ["--factor", f"{spec.factor:g}"]
    words += ["--needles", str(spec.needles), "--n", str(spec.most)]
    words += ["--width", f"{spec.width:g}", "--language", spec.language, "--seed", str(spec.seed)]
    if spec.evaluation.path != TEACHING:
        words += ["--text", spec.evaluation.path]
    words += ["--stride", str(spec.stride), "--windows", str(spec.windows)]
    if spec.long_factor:
        words += ["--long-factor", ",".join(f"{one:g}" for one in spec.long_factor)]
    return shlex.join(words)
