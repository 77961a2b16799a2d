"""Writes facts behind the answer: a call never waits for the database.

    offer(item) -> bounded queue -> one thread -> save(pieces)

A full queue drops the newest item and counts it: answers go before records. A failed save drops
its piece and counts it, and the thread goes on.
"""

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from nlp_service.logs import log_bug

Item = TypeVar("Item")
_QUEUE_ITEMS = 10_000
_PIECE_ITEMS = 500
# How long a lone item may wait for company before it is written.
_LINGER_S = 0.2


class Recorder(Generic[Item]):
    """Hands items to `save(list)` from a thread of its own; `close` writes what is left."""

    def __init__(self, save: Callable[[list[Item]], None], *, linger_s: float = _LINGER_S) -> None:
        self._save = save
        self._linger_s = linger_s
        self._queue: queue.Queue[Item] = queue.Queue(_QUEUE_ITEMS)
        self._closing = threading.Event()
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def offer(self, item: Item) -> None:
        """Queue one item; never blocks."""
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            self.dropped += 1

    def close(self) -> None:
        """Write what is queued and stop; safe to call twice."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while not (self._closing.is_set() and self._queue.empty()):
            self._closing.wait(self._linger_s)
            while piece := self._piece():
                self._write(piece)

    def _piece(self) -> list[Item]:
        piece: list[Item] = []
        while len(piece) < _PIECE_ITEMS and not self._queue.empty():
            piece.append(self._queue.get_nowait())
        return piece

    def _write(self, piece: list[Item]) -> None:
        try:
            self._save(piece)
        except Exception as error:  # noqa: BLE001 - whatever happens, the thread goes on
            log_bug(error)
            self.dropped += len(piece)
