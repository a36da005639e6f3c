"""The first comparison without a display: a table, an HTML report, and a picture of the window.

    python -m workbench.headless [--model ID] [--lang en|zh_CN] [--out runs]

This is what `make run` falls back to where no window can be opened.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from engine.api import Engine
    from engine.evaluation.spec import CompareSpec

REPORT: Final = "first-comparison.html"
PICTURE: Final = "window.png"
HOW_TO_SEE_IT: Final = (
    "To open the window, run “make run” in a desktop session. Over ssh, “ssh -X” brings the "
    "window to your screen; “lathe compare --help” works without one."
)


@dataclass(frozen=True)
class Wishes:
    """What to run and where to write.

    Attributes:
        model: A model's id, as on the command line.
        language: Of the prompt and of the picture, ``"en"`` or ``"zh_CN"``.
        folder: Where report and picture go.
    """

    model: str
    language: str
    folder: Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the first comparison; returns 0 when it ran and both files were written."""
    from engine.api import Engine
    from engine.commands.console import note, show_error
    from engine.errors import EngineError

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    wishes = _wishes(sys.argv[1:] if arguments is None else arguments)
    engine = Engine()
    try:
        compare(engine, wishes)
    except EngineError as error:
        show_error(error.report())
        engine.close()
        return 1
    status = picture(engine, wishes)
    note(HOW_TO_SEE_IT)
    return status


def compare(engine: Engine, wishes: Wishes) -> None:
    """Run the sample's comparison, print its table and write the report.

    Raises:
        EngineError: The model cannot be loaded, a file cannot be written.
    """
    from engine.commands.compare import show
    from engine.commands.console import note, watch
    from engine.evaluation.spec import CompareResult
    from engine.store.export.registry import export

    spec = first_comparison(wishes)
    note(f"Asking {wishes.model} the first question in {len(spec.variants)} ways …")
    result = watch(engine, spec)
    assert isinstance(result, CompareResult)
    show(spec, result)
    report = wishes.folder / REPORT
    report.parent.mkdir(parents=True, exist_ok=True)
    export(report, spec, result)
    note(f"Report: {report}")


def first_comparison(wishes: Wishes) -> CompareSpec:
    """The comparison of the first start: the sample under the techniques of the demo."""
    from engine.models.reference import ModelRef
    from workbench.viewmodels.compare_setup import default_setup
    from workbench.viewmodels.prompt_presets import sample

    setup = replace(default_setup(), models=(ModelRef(wishes.model),))
    return setup.spec(sample("zh" if wishes.language == "zh_CN" else "en"))


def picture(engine: Engine, wishes: Wishes) -> int:
    """Render the window after the same comparison; closes the engine. Returns an exit status."""
    from engine.commands.console import note
    from engine.models.reference import ModelRef
    from workbench.bootstrap import Application, make_qt
    from workbench.options import Options
    from workbench.unattended import run_unattended

    target = wishes.folder / PICTURE
    options = Options(
        language=wishes.language, theme="light", scale=1.0, safe_mode=True, page="compare",
        screenshot=target,
    )  # fmt: skip
    application = Application(make_qt(["lathe"]), options, engine.resources.paths, engine=engine)
    application.services.model.choose(ModelRef(wishes.model))
    status = run_unattended(application)
    if status == 0:
        note(f"Picture of the window: {target}")
    return status


def _wishes(arguments: Sequence[str]) -> Wishes:
    parser = argparse.ArgumentParser(
        prog="workbench.headless", description="The first comparison, without a window."
    )
    parser.add_argument("--model", default="teach-rope", help="a model's name or folder")
    parser.add_argument("--lang", choices=("en", "zh_CN"), default="en", help="of the prompt")
    parser.add_argument("--out", type=Path, default=Path("runs"), help="folder for the files")
    found = parser.parse_args(arguments)
    return Wishes(found.model, found.lang, found.out)


if __name__ == "__main__":
    sys.exit(main())
