"""Take the readme's pictures again: ``python packaging/pictures.py``.

The program renders itself, without a display, after each page's demo run. Run it on a quiet
computer (speeds are in the picture), look at the results, and commit them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
PICTURES = (
    ("compare", "light", "en", "compare-light.png"),
    ("compare", "light", "zh_CN", "compare-zh.png"),
    ("pruning", "light", "en", "pruning-light.png"),
    ("context", "dark", "en", "context-dark.png"),
    ("attention", "dark", "en", "attention-dark.png"),
    ("models", "dark", "zh_CN", "models-dark-zh.png"),
)


def main() -> int:
    """Take every picture; returns the number that failed."""
    failed = 0
    with tempfile.TemporaryDirectory(prefix="lathe-pictures-") as home:
        variables = {**os.environ, "LATHE_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        for page, theme, language, name in PICTURES:
            command = [sys.executable, "-m", "workbench", "--screenshot", page, "--theme", theme]
            command += ["--lang", language, str(IMAGES / name)]
            status = subprocess.call(command, cwd=ROOT, env=variables)
            print(f"{name}: {'ok' if status == 0 else f'failed with {status}'}", flush=True)
            failed += status != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
