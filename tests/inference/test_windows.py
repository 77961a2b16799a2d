from itertools import pairwise

import pytest

from nlp_service.inference.windows import batches, windows


@pytest.mark.parametrize("room", [4, 14, 510])
def test_windows_hold_every_id_in_order_and_overlap(room: int) -> None:
    for length in (*range(1, 70), 509, 510, 511, 2000):
        ids = list(range(length))
        found = windows(ids, room)
        assert all(1 <= len(window) <= room for window in found)
        assert sorted({one for window in found for one in window}) == ids
        for before, after in pairwise(found):
            assert len(set(before) & set(after)) == min(64, room // 4)
        assert len(found) == 1 or length > room


def test_no_ids_are_one_empty_window() -> None:
    assert windows([], 14) == [[]]


def test_batches_hold_every_piece_once_and_stay_small() -> None:
    lengths = [3, 512, 7, 512, *([400] * 40), 1]
    found = list(batches(lengths, 32))
    assert sorted(number for batch in found for number in batch) == list(range(len(lengths)))
    for batch in found:
        assert len(batch) <= 32
        assert len(batch) * max(lengths[number] for number in batch) <= 8192


def test_a_piece_larger_than_a_batch_goes_alone() -> None:
    assert list(batches([9000, 9000, 2], 32)) == [[0], [1], [2]]
    assert list(batches([], 32)) == []
