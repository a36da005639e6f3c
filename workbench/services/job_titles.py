"""Human names of jobs, in the language of the window. The engine's own are English."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication

from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.evaluation.spec import CompareSpec
    from engine.models.spec import DownloadSpec, LoadModelSpec, UnloadModelSpec

translate = QCoreApplication.translate


def job_title(spec: Spec) -> str:
    """The name of a job that does `spec`; a kind without a translation keeps its own name.

    Told apart by kind and not by class, so that a window that starts imports no spec.
    """
    match spec.kind:
        case "compare":
            names = " · ".join(v.label for v in cast("CompareSpec", spec).variants)
            return translate("Jobs", "Compare {techniques}").format(techniques=names)
        case "load-model":
            model = cast("LoadModelSpec", spec).model
            return translate("Jobs", "Load {model}").format(model=model.id)
        case "unload-model":
            unloaded = cast("UnloadModelSpec", spec).model
            if unloaded is None:
                return translate("Jobs", "Unload every model")
            return translate("Jobs", "Unload {model}").format(model=unloaded.id)
        case "download-model":
            repository = cast("DownloadSpec", spec).repository
            return translate("Jobs", "Download {repository}").format(repository=repository)
    return spec.title()
