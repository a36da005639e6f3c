"""Before anything is asked: the passages of documents for the question, found by a job."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.evaluation.spec import CompareSpec
from engine.prompting.knowledge import Knowledge
from workbench.viewmodels.compare_documents import DocumentChoice
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs


class PassageSearch(QObject):
    """One search at a time.

    Signals:
        found(object): The `CompareSpec` with its passages.
        refused(object): An `ErrorReport`: a document cannot be read, or leaves no room.
        progressed(object): A `Progress` event.
        ended(): No search is in flight any more, however it went; comes last.
    """

    found = Signal(object)
    refused = Signal(object)
    progressed = Signal(object)
    ended = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job = JobSlot(jobs, self)
        self._asked: CompareSpec | None = None
        self._job.progressed.connect(self.progressed)
        self._job.refused.connect(self.refused)
        self._job.found.connect(self._found)
        self._job.ended.connect(self.ended)

    @property
    def running(self) -> bool:
        """Whether a search is in flight."""
        return self._job.running

    def start(self, spec: CompareSpec, documents: DocumentChoice) -> bool:
        """Look for the passages of a comparison; False (and `refused`) when it cannot start."""
        from engine.context.knowledge import search_spec

        try:
            search = search_spec(spec, documents.files, documents.texts, documents.options)
        except EngineError as error:
            self.refused.emit(error.report())
            return False
        self._asked = spec
        return self._job.start(search)

    def stop(self) -> None:
        """Ask the search in flight to stop."""
        self._job.stop()

    def _found(self, result: object) -> None:
        from engine.context.knowledge import given_to

        if isinstance(result, Knowledge) and self._asked is not None:
            self.found.emit(given_to(self._asked, result))
