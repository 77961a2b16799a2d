import threading

import pytest

from nlp_service.errors import StorageError
from nlp_service.storage.recorder import Recorder


def test_everything_offered_is_saved_in_order_before_close_returns() -> None:
    saved: list[int] = []
    recorder = Recorder(saved.extend, linger_s=0.01)
    for number in range(1_234):
        recorder.offer(number)
    recorder.close()
    recorder.close()
    assert saved == list(range(1_234))
    assert recorder.dropped == 0


def test_full_queue_drops_and_counts_but_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp_service.storage.recorder._QUEUE_ITEMS", 2)
    gate = threading.Event()

    def save(_: list[int]) -> None:
        gate.wait(5)

    recorder = Recorder(save, linger_s=0.01)
    for number in range(20):
        recorder.offer(number)
    assert recorder.dropped > 0
    gate.set()
    recorder.close()


@pytest.mark.parametrize("error", [StorageError("down"), KeyError("bug")])
def test_failed_save_is_counted_and_the_next_is_tried(error: Exception) -> None:
    saved: list[int] = []

    def save(items: list[int]) -> None:
        if items[0] == 1:
            raise error
        saved.extend(items)

    recorder = Recorder(save, linger_s=0.0)
    recorder.offer(1)
    for _ in range(500):
        if recorder.dropped:
            break
        threading.Event().wait(0.01)
    recorder.offer(2)
    recorder.close()
    assert (saved, recorder.dropped) == ([2], 1)
