"""How token ids too long for a model are cut, and which pieces go through it together. Pure."""

from collections.abc import Iterator, Sequence

_OVERLAP_TOKENS = 64  # a clause is rarely longer, so each one stands whole in some window
_BATCH_TOKENS = 8192  # padding included; a BERT-base batch then stays well below 1 GB


def windows(ids: Sequence[int], room: int) -> list[list[int]]:
    """Stretches of at most `room` ids in order, overlapping; together they hold every id.

    No ids give one empty window.
    """
    overlap = min(_OVERLAP_TOKENS, room // 4)
    last = max(len(ids) - overlap, 1)
    return [list(ids[at : at + room]) for at in range(0, last, room - overlap)]


def batches(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Numbers of the pieces that go together: the longest first, at most `most` of them and,
    padded, at most `_BATCH_TOKENS` tokens."""
    batch: list[int] = []
    order = sorted(range(len(lengths)), key=lambda number: -lengths[number])
    for number in order:
        full = batch and (len(batch) + 1) * lengths[batch[0]] > _BATCH_TOKENS
        if full or len(batch) == most:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch
