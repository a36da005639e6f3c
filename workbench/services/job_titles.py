"""Human names of jobs, in the language of the window. The engine's own are English."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.evaluation.spec import CompareSpec
from engine.jobs.spec import Spec
from engine.models.spec import (
    DownloadSpec,
    LoadModelSpec,
    UnloadModelSpec,
)

translate = QCoreApplication.translate


def job_title(spec: Spec) -> str:
    """The name of a job that does `spec`; a kind without a translation keeps its own name."""
    match spec:
        case CompareSpec(variants=variants):
            names = " · ".join(variant.label for variant in variants)
            return translate("Jobs", "Compare {techniques}").format(techniques=names)
        case LoadModelSpec(model=model):
            return translate("Jobs", "Load {model}").format(model=model.id)
        case UnloadModelSpec(model=None):
            return translate("Jobs", "Unload every model")
        case UnloadModelSpec(model=model):
            return translate("Jobs", "Unload {model}").format(model=model.id)
        case DownloadSpec(repository=repository):
            return translate("Jobs", "Download {repository}").format(repository=repository)
    return spec.title()
