"""Autosaved state of the pages, in one versioned file; asks before it restores after a crash.

A marker file holds the id of the process that has the session open. It is removed on a clean
exit, so a marker of a dead process at start means a crash. The crashed state is kept as
``session.crashed.json`` until the person decides; a second crash asks again and never loops,
because restoring happens only on request.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import StoreError
from workbench.services.files import set_aside, write_atomically

FORMAT = 1
SOON_MS = 500

State = dict[str, object]
