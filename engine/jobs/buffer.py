"""A bounded buffer between worker threads and a window that drains it 25 times a second.

Progress keeps only its latest value per job, token chunks of one stream are joined, so a fast
worker cannot flood a slow window. Partial and terminal events are never dropped.
"""

from __future__ import annotations

import threading
from dataclasses import replace

from engine.jobs.events import Event, Progress, TokenChunk


class EventBuffer:
    """Thread-safe; `put` from any thread, `drain` from the window's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._progress_at: dict[str, int] = {}
        self._chunk_at: dict[tuple[str, object], int] = {}

    def put(self, event: Event) -> None:
        """Add an event, joined with an undrained one where nothing is lost by it."""
        with self._lock:
            if isinstance(event, Progress):
                place = self._progress_at.get(event.job_id)
                if place is not None:
                    self._events[place] = event
                    return
                self._progress_at[event.job_id] = len(self._events)
            elif isinstance(event, TokenChunk):
                place = self._chunk_at.get((event.job_id, event.key))
                if place is not None:
                    waiting = self._events[place]
                    assert isinstance(waiting, TokenChunk)
                    self._events[place] = replace(waiting, records=waiting.records + event.records)
                    return
                self._chunk_at[(event.job_id, event.key)] = len(self._events)
            else:  # tokens after a result may not be shown before it
                self._chunk_at = {k: at for k, at in self._chunk_at.items() if k[0] != event.job_id}
            self._events.append(event)

    def drain(self) -> list[Event]:
        """Everything since the last call, in order."""
        with self._lock:
            events, self._events = self._events, []
            self._progress_at.clear()
            self._chunk_at.clear()
        return events
