"""What earlier bad reviews are compared by: keyed hashes only, found by band or by whole text.

    ReviewPrint (hashes of a text's stretches) --HMAC, place by place--> signature, bands, exact key

Without the secret a row says nothing about a text, not even to somebody who guesses it; with it a
guess can be tried, as with every keyed hash. Rows go with their buyer and by retention.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, TextClause, delete, insert, select, text

from nlp_service.storage.buyers import Buyer, Buyers
from nlp_service.storage.models import ReviewBandRow, ReviewPrintRow
from nlp_service.storage.transactions import insert_missing, pieces
from nlp_service.storage.vault import Vault

Signature = NDArray[np.uint16]
# Reached only where very many reviews share a stretch; the newest are looked at.
_BAND_REVIEWS = 64
_SAME_TEXT_REVIEWS = 512
_CANDIDATES = 256


@dataclass(frozen=True, slots=True)
class ReviewPrint:
    """One review as its scorer sees it; `signature` `(128,)`, `bands` as bytes in their order.

    A short text has no bands: it is found by `exact` alone. `grams` is how many different
    stretches the signature was drawn from.
    """

    review_id: str = field(repr=False)
    exact: str = field(repr=False)
    buyer_id: str | None = field(repr=False)
    merchant_id: str | None = field(repr=False)
    order_id: str | None = field(repr=False)
    append_of: str | None = field(repr=False)
    posted_at: datetime | None
    length_chars: int
    grams: int
    signature: Signature = field(repr=False)
    bands: Sequence[bytes] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class StoredPrint:
    """One stored review; every name is a key that equals itself only."""

    review_key: str
    exact_key: str
    buyer_key: str | None
    merchant_key: str | None
    order_key: str | None
    append_key: str | None
    posted_at: datetime | None
    length_chars: int
    grams: int
    signature: Signature = field(repr=False)
    band_keys: tuple[int, ...] = field(repr=False, default=())


class Prints:
    """The prints, inside one transaction."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault
        self._buyers = Buyers(connection, vault)

    def save(self, prints: Sequence[ReviewPrint], *, now: datetime) -> list[StoredPrint]:
        """Store, replacing what is known of the same reviews; their keyed forms, in order.

        Locks the buyers.
        """
        held = self._buyers.hold({one.buyer_id for one in prints if one.buyer_id is not None})
        stored = [self._keyed(one, held) for one in prints]
        by_key = {one.review_key: one for one in stored}
        for part in pieces(sorted(by_key)):
            self._delete(ReviewPrintRow.review_key.in_(part))
        rows = [_row(one, now) for one in by_key.values()]
        inserted = insert_missing(self._connection, ReviewPrintRow, "review_key", rows)
        self._index([by_key[key] for key in sorted(inserted)])
        return stored

    def candidates(self, asked: StoredPrint) -> list[StoredPrint]:
        """Reviews that may have nearly the same text, most alike first; `asked` itself included."""
        query = select(ReviewPrintRow.__table__).order_by(ReviewPrintRow.number.desc())
        if not asked.band_keys:
            same = query.where(ReviewPrintRow.exact_key == asked.exact_key)
            rows = self._connection.execute(same.limit(_SAME_TEXT_REVIEWS))
            return [_stored(row) for row in rows]
        best = self._best(asked.band_keys)
        rows = self._connection.execute(query.where(ReviewPrintRow.number.in_(best)))
        return [_stored(row) for row in rows]

    def newest(self, limit: int) -> list[StoredPrint]:
        """The newest reviews, for a look at how people write."""
        query = select(ReviewPrintRow.__table__).order_by(ReviewPrintRow.number.desc())
        return [_stored(row) for row in self._connection.execute(query.limit(limit))]

    def purge(self, before: datetime) -> int:
        """Delete what was stored earlier."""
        return self._delete(ReviewPrintRow.stored_at < before)

    def erase(self, buyer: Buyer) -> int:
        """Delete the buyer's prints; `Store.erase_buyer` erases all there is."""
        return self._delete(ReviewPrintRow.buyer_key == buyer.key)

    def name_keys(self, one: ReviewPrint) -> dict[str, str]:
        """Keyed name -> name, of all in a print that others can be the same in, but the buyer."""
        vault, merchant = self._vault, one.merchant_id or ""
        given = {
            vault.key("reviewed", merchant, one.review_id): one.review_id,
            vault.key("review text", one.exact): one.exact,
        }
        if one.append_of is not None:
            given[vault.key("reviewed", merchant, one.append_of)] = one.append_of
        if one.order_id is not None:
            given[vault.key("order", one.order_id)] = one.order_id
        if one.merchant_id is not None:
            given[vault.key("merchant", one.merchant_id)] = one.merchant_id
        return given

    def _keyed(self, one: ReviewPrint, held: Mapping[str, Buyer]) -> StoredPrint:
        vault, merchant = self._vault, one.merchant_id or ""
        return StoredPrint(
            review_key=vault.key("reviewed", merchant, one.review_id),
            exact_key=vault.key("review text", one.exact),
            buyer_key=None if one.buyer_id is None else held[one.buyer_id].key,
            merchant_key=_optional(vault, "merchant", one.merchant_id),
            order_key=_optional(vault, "order", one.order_id),
            append_key=one.append_of and vault.key("reviewed", merchant, one.append_of),
            posted_at=one.posted_at,
            length_chars=one.length_chars,
            grams=one.grams,
            signature=_keyed_signature(vault, one.signature),
            band_keys=tuple(_band_key(vault, at, raw) for at, raw in enumerate(one.bands)),
        )

    def _index(self, stored: Sequence[StoredPrint]) -> None:
        """Write the bands of rows that are in the table."""
        numbers: dict[str, int] = {}
        for part in pieces([one.review_key for one in stored]):
            query = select(ReviewPrintRow.review_key, ReviewPrintRow.number)
            rows = self._connection.execute(query.where(ReviewPrintRow.review_key.in_(part)))
            numbers.update({row.review_key: row.number for row in rows})
        bands = [
            {"band_key": key, "number": numbers[one.review_key]}
            for one in stored
            for key in sorted(set(one.band_keys))
        ]
        if bands:
            self._connection.execute(insert(ReviewBandRow), bands)

    def _best(self, band_keys: Iterable[int]) -> list[int]:
        """Numbers of the reviews that share most bands, newer ones first among equals."""
        keys = dict.fromkeys(band_keys)
        bound = {f"key{at}": key for at, key in enumerate(keys)}
        hits = Counter(self._connection.execute(_in_bands(len(keys)), bound).scalars())
        ordered = sorted(hits.items(), key=lambda hit: (-hit[1], -hit[0]))
        return [number for number, _ in ordered[:_CANDIDATES]]

    def _delete(self, which: ColumnElement[bool]) -> int:
        numbers = select(ReviewPrintRow.number).where(which)
        self._connection.execute(delete(ReviewBandRow).where(ReviewBandRow.number.in_(numbers)))
        return self._connection.execute(delete(ReviewPrintRow).where(which)).rowcount


@lru_cache
def _in_bands(count: int) -> TextClause:
    """The newest of each of so many bands; made once, which takes longer than to run it."""
    table = ReviewBandRow.__tablename__
    newest = f"ORDER BY number DESC LIMIT {_BAND_REVIEWS}"
    bands = [
        f"SELECT number FROM {table} WHERE band_key = :key{at} {newest}" for at in range(count)
    ]
    parts = [f"SELECT number FROM ({one}) AS band{at}" for at, one in enumerate(bands)]
    return text(" UNION ALL ".join(parts))


def _optional(vault: Vault, kind: str, name: str | None) -> str | None:
    return None if name is None else vault.key(kind, name)


def _keyed_signature(vault: Vault, signature: Signature) -> Signature:
    """Each value under a hash of its own place, cut to 16 bits again: equal stays equal.

    Of unequal values one in 65,536 becomes equal, which moves a similarity by less than 0.001.
    """
    macs = [
        vault.print_mac(b"value" + at.to_bytes(2, "big") + int(value).to_bytes(2, "big"))
        for at, value in enumerate(signature)
    ]
    return np.frombuffer(b"".join(mac[:2] for mac in macs), np.dtype(">u2")).astype(np.uint16)


def _band_key(vault: Vault, at: int, raw: bytes) -> int:
    mac = vault.print_mac(b"band" + at.to_bytes(2, "big") + raw)
    return int.from_bytes(mac[:8], "big", signed=True)


def _row(one: StoredPrint, now: datetime) -> dict[str, Any]:
    names = [name for name in StoredPrint.__dataclass_fields__ if name != "band_keys"]
    values = {name: getattr(one, name) for name in names}
    signature = one.signature.astype(">u2").tobytes()
    return {**values, "signature": signature, "stored_at": now}


def _stored(row: Any) -> StoredPrint:
    names = [name for name in StoredPrint.__dataclass_fields__ if name != "band_keys"]
    values = {name: getattr(row, name) for name in names}
    signature = np.frombuffer(row.signature, np.dtype(">u2")).astype(np.uint16)
    return StoredPrint(**{**values, "signature": signature})
