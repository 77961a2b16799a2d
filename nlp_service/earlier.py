"""Reviews scored before, for comparison with new ones: keyed hashes in, likely copies out.

    batch -> bad reviews of it --print--> store
             store --candidates, a sample--> as the batch would call them --> Others.remember

A stored name (buyer, shop, order, review) and a stored value of a signature are keyed hashes. They
are turned back only where the batch itself holds the same one; all others stay strangers.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from nlp_service.errors import StorageError
from nlp_service.logs import log_bug
from nlp_service.reviews.rules import CopyRules
from nlp_service.reviews.together.minhash import BAND_ROWS, PERMUTATIONS
from nlp_service.reviews.together.others import Others
from nlp_service.reviews.together.seen import Seen
from nlp_service.reviews.together.writing import SampledWriting
from nlp_service.storage.prints import ReviewPrint, Signature, StoredPrint
from nlp_service.storage.store import Store

Signatures = NDArray[np.uint16]
# Tells a gram that 1 text in 250 holds (where it stops counting as rare) from one that fewer do,
# and is 1 MB; how people write changes slowly.
_SAMPLE = 4_096
_SAMPLE_AGE_S = 300.0


class EarlierReviews:
    """What the store remembers of bad reviews. Thread-safe."""

    def __init__(
        self, store: Store, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._sample: tuple[float, Signatures, NDArray[np.float64]] | None = None
        self.failures = 0

    def join(self, others: Others) -> None:
        """Store the bad reviews of a batch and add earlier ones that may be copies of them.

        They are stored first, so that of two copies scored at the same moment at least one finds
        the other. A store that fails is logged and counted; the batch is scored without it.
        """
        rules = others.policy.copies
        asked = [seen for seen in others.seens if _is_comparable(seen, rules)]
        if not asked:
            return
        try:
            self._join(others, asked, [_print(seen, rules) for seen in asked])
        except StorageError as error:
            self.failures += 1
            log_bug(error)

    def _join(self, others: Others, asked: Sequence[Seen], prints: Sequence[ReviewPrint]) -> None:
        with self._store.writing() as unit:
            stored = unit.prints.save(prints, now=self._clock())
            known = [unit.prints.name_keys(one) for one in prints]
        names = {key: name for some in known for key, name in some.items()}
        for keyed, one in zip(stored, prints, strict=True):
            if keyed.buyer_key is not None and one.buyer_id is not None:
                names[keyed.buyer_key] = one.buyer_id
        own = {one.review_key for one in stored}
        with self._store.reading() as unit:
            found = {c.review_key: c for one in stored for c in unit.prints.candidates(one)}
        translation = _Translation(
            np.stack([one.signature for one in stored]), np.stack([_signature(s) for s in asked])
        )
        copies = [c for key, c in found.items() if key not in own]
        seens = [_seen(one, names, translation.of(one.signature[None])[0]) for one in copies]
        signatures, grams = self._sampled()
        others.remember(seens, SampledWriting(translation.of(signatures), grams))

    def _sampled(self) -> tuple[Signatures, NDArray[np.float64]]:
        """Keyed signatures of the newest different texts, read anew every few minutes."""
        with self._lock:
            if self._sample is None or time.monotonic() - self._sample[0] > _SAMPLE_AGE_S:
                with self._store.reading() as unit:
                    newest = unit.prints.newest(_SAMPLE)
                texts = list({one.exact_key: one for one in newest}.values())
                signatures = np.array([one.signature for one in texts], np.uint16)
                counts = np.array([one.grams for one in texts], np.float64)
                shaped = signatures.reshape(-1, PERMUTATIONS)
                self._sample = (time.monotonic(), shaped, counts)
            return self._sample[1:]


class _Translation:
    """Keyed signatures to those of the batch: a value that no review of it has is a strange one."""

    def __init__(self, keyed: Signatures, raw: Signatures) -> None:
        self._keyed, self._raw = keyed, raw
        self._strange = np.array([_missing_from(raw[:, at]) for at in range(PERMUTATIONS)])

    def of(self, signatures: Signatures) -> Signatures:
        """`(n, 128)` to `(n, 128)`."""
        found = np.broadcast_to(self._strange, signatures.shape).astype(np.uint16)
        for keyed, raw in zip(self._keyed, self._raw, strict=True):
            is_same = signatures == keyed
            np.copyto(found, np.broadcast_to(raw, found.shape), where=is_same)
        return found


def _missing_from(values: Signature) -> int:
    taken = set(values.tolist())
    return next(value for value in range(len(taken) + 1) if value not in taken)


def _is_comparable(seen: Seen, rules: CopyRules) -> bool:
    """Whether a copy of it could ever be told: a bad review of somebody, with words of its own."""
    is_known = seen.buyer is not None or seen.merchant is not None
    has_words = seen.signature is not None and seen.length_chars >= rules.short_letters
    return seen.is_bad and is_known and has_words


def _signature(seen: Seen) -> Signature:
    assert seen.signature is not None
    return seen.signature


def _print(seen: Seen, rules: CopyRules) -> ReviewPrint:
    signature, is_long = _signature(seen), seen.length_chars >= rules.min_letters
    starts = range(0, PERMUTATIONS if is_long else 0, BAND_ROWS)
    return ReviewPrint(
        review_id=seen.key,
        exact=seen.exact,
        buyer_id=seen.buyer,
        merchant_id=seen.merchant,
        order_id=seen.order,
        append_of=seen.append_of,
        posted_at=seen.posted_at,
        length_chars=seen.length_chars,
        grams=0 if seen.grams is None else len(seen.grams),
        signature=signature,
        bands=[signature[at : at + BAND_ROWS].astype(">u2").tobytes() for at in starts],
    )


def _seen(one: StoredPrint, names: Mapping[str, str], signature: Signature) -> Seen:
    """As the batch would call it; what only a review's own scoring needs is left empty."""

    def name(key: str | None) -> str | None:
        return None if key is None else names.get(key, key)

    return Seen(
        key=names.get(one.review_key, one.review_key),
        buyer=name(one.buyer_key),
        merchant=name(one.merchant_key),
        item=None,
        order=name(one.order_key),
        append_of=name(one.append_key),
        posted_at=one.posted_at,
        rating=None,
        is_bad=True,
        aspects=frozenset(),
        is_thin=False,
        is_backed=False,
        length_chars=one.length_chars,
        exact=names.get(one.exact_key, one.exact_key),
        signature=signature,
    )
