"""A service: one thread that runs its function until the worker ends, and again after a pause should it fail."""

from __future__ import annotations

import logging
import threading

from django.db import connections

from mikomi.core.work.registry import Service

SHORTEST_PAUSE = 5.0
LONGEST_PAUSE = 300.0
_logger = logging.getLogger(__name__)


class ServiceThread(threading.Thread):
    """Keeps a service running until `stop` is set. No failure of it reaches the worker."""

    def __init__(
        self, service: Service, worker: str, stop: threading.Event, pause: float = SHORTEST_PAUSE
    ) -> None:
        super().__init__(name=service.name, daemon=True)
        self._service, self._worker, self._stop_asked = service, worker, stop
        self._first_pause = pause

    def run(self) -> None:
        """Serve; after a failure wait, longer each time."""
        pause = self._first_pause
        while not self._stop_asked.is_set():
            try:
                self._service.function(self._worker, self._stop_asked)
                pause = self._first_pause
            except Exception:
                _logger.exception("a service failed", extra={"service": self._service.name})
                pause = min(pause * 2, LONGEST_PAUSE)
            finally:
                connections.close_all()
            self._stop_asked.wait(pause)
