"""The heavy libraries, imported once, one thread at a time, and set up for a desktop program.

Importing torch and transformers takes seconds; two lanes that import them at once could see
half-made modules. Whoever needs them calls `ready()` first.
"""

from __future__ import annotations

import os
import threading

from engine.models.heap import keep_freed_memory

_lock = threading.Lock()
_done = False

building = threading.RLock()
"""Held by whoever lets transformers build a model. It sets torch's default number format, one
value for the whole process, and puts back what it found: two that overlap would leave it wrong.
"""


def ready() -> None:
    """Import torch and transformers; leave one core to the window; log into the file.

    ``OMP_NUM_THREADS`` is respected where it is set.
    """
    global _done
    with _lock:
        if _done:
            return
        import psutil
        import torch
        import transformers.models.auto  # noqa: F401 - the lazy part, resolved under the lock
        from transformers.utils import logging

        if "OMP_NUM_THREADS" not in os.environ:
            cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
            torch.set_num_threads(max(1, cores - 1))
        keep_freed_memory()
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        logging.disable_default_handler()  # it writes on the terminal
        logging.enable_propagation()  # to the log file instead
        _done = True
