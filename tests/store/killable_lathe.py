"""Runs one `lathe …` after the other, each in a process of its own that a test may kill.

Reads command lines (JSON lists) from standard input; answers each with the number of the process
and, once it has ended, with its exit status. The libraries are imported once, before any fork,
and no tensor is touched here, so that the children start with whole thread pools of their own.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    """Serve until the input ends."""
    import pydantic  # noqa: F401
    import torch  # noqa: F401
    import transformers  # noqa: F401
    from transformers import AutoTokenizer  # noqa: F401
    from transformers.models.llama import modeling_llama  # noqa: F401

    import engine.evaluation.compare
    import engine.models.loading
    import engine.models.residency
    import engine.store.project  # noqa: F401
    from engine.cli import app

    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(app, json.loads(line))
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _become(app, arguments: list[str]) -> None:
    """Be the command and never return."""
    code = 70
    try:
        log = os.open("lathe.log", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        app(arguments, prog_name="lathe")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
