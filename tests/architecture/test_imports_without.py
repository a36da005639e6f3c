"""What may be imported without what, proven in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

REFUSE = """
import sys

class Refuse:
    names = {names!r}
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            raise ImportError(f"{{name}} is not to be had here")

sys.meta_path.insert(0, Refuse())
"""
QT = ("PySide6", "shiboken6", "pyqtgraph", "qasync", "workbench")
HEAVY = (
    "torch", "transformers", "bitsandbytes", "accelerate", "peft", "pyqtgraph", "scipy", "jinja2",
)  # fmt: skip


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300
    )


def modules(folder: str) -> list[str]:
    """Every module below a folder of the source tree."""
    files = sorted((ROOT / folder).rglob("*.py"))
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]


def test_the_engine_imports_where_qt_cannot_be_imported():
    names = [name for name in modules("engine") if name != "engine.jobs.ray_host"]
    code = (
        REFUSE.format(names=QT)
        + f"""
import importlib
for name in {names!r}:
    importlib.import_module(name)
print("imported", len({names!r}))
"""
    )
    done = run(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"imported {len(names)}"


def test_the_first_window_needs_neither_torch_nor_other_heavy_packages(tmp_path):
    code = (
        REFUSE.format(names=HEAVY)
        + f"""
import os
os.environ.update(QT_QPA_PLATFORM="offscreen", LATHE_HOME={str(tmp_path)!r})
from engine.paths import Paths
from workbench.bootstrap import Application, make_qt
from workbench.options import Options
application = Application(make_qt(["lathe"]), Options(), Paths.default())
def opened():
    print("page", application.window.current_page().page_id, flush=True)
    os._exit(0)
application.opened.connect(opened)
application.show()
application.app.exec()
"""
    )
    done = run(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "page compare"


def test_the_engine_door_and_its_values_import_without_torch():
    names = [
        "engine.api", "engine.errors", "engine.paths", "engine.cli",
        "engine.models.spec", "engine.evaluation.spec", "engine.decoding.records",
        *[name for name in modules("engine/jobs") if not name.endswith("ray_host")],
        *modules("engine/prompting"),
    ]  # fmt: skip
    code = (
        REFUSE.format(names=("torch", "transformers", "bitsandbytes"))
        + f"""
import importlib
for name in {names!r}:
    importlib.import_module(name)
"""
    )
    done = run(code)
    assert done.returncode == 0, done.stderr
