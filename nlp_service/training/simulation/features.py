"""Plain features of a simulated world: what anybody reads off the files without a detector.

    reviews.jsonl rows, oldest first -> {name: (N,) float array}, NaN where the input is missing

Classic behaviour features after Mukherjee et al. 2013 and Rayana & Akoglu 2015.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

Record = dict[str, Any]
Column = NDArray[np.float64]
_MISSING = float("nan")
_WEEK_H = 24.0 * 7


def plain_features(reviews: Sequence[Record]) -> dict[str, Column]:
    """Every feature of every review, in the order of the file."""
    columns = {name: _column(read, reviews) for name, read in _SINGLE.items()}
    columns |= {name: _column(read, reviews) for name, read in _HISTORY.items()}
    columns |= {name: _column(read, reviews) for name, read in _ORDER.items()}
    return columns | _across(reviews)


def _column(read: Callable[[Record], float], reviews: Iterable[Record]) -> Column:
    return np.array([read(review) for review in reviews], dtype=np.float64)


def hours(at: str) -> float:
    """Hours since 1970 of an ISO 8601 time."""
    return datetime.fromisoformat(at).timestamp() / 3_600


_SINGLE: dict[str, Callable[[Record], float]] = {
    "rating": lambda r: float(r["rating"]),
    "images": lambda r: float(r["images"]),
    "text_chars": lambda r: float(len(r["text"])),
    "text_digits": lambda r: float(sum(c.isdigit() for c in r["text"])),
    "text_exclaims": lambda r: float(r["text"].count("!") + r["text"].count("!")),
    "text_distinct": lambda r: len(set(r["text"])) / len(r["text"]),
    "title_in_text": lambda r: float(r["item_title"][-2:] in r["text"]),
    "is_append": lambda r: float(r["append_of"] is not None),
    "hour": lambda r: float(r["posted_at"][11:13]),
    "weekday": lambda r: float(datetime.fromisoformat(r["posted_at"]).weekday()),
    "has_order": lambda r: float("order" in r),
    "has_history": lambda r: float("history" in r),
}


def _history(read: Callable[[Record], float]) -> Callable[[Record], float]:
    return lambda review: read(review["history"]) if "history" in review else _MISSING


_HISTORY = {
    "history_reviews": _history(lambda h: float(h["reviews"])),
    "history_bad": _history(lambda h: float(h["bad_reviews"])),
    "history_orders": _history(lambda h: float(h["orders"])),
    "history_refunds": _history(lambda h: float(h["refunds"])),
    "bad_ratio": _history(lambda h: (h["bad_reviews"] + 0.3) / (h["reviews"] + 2)),
    "refund_ratio": _history(lambda h: (h["refunds"] + 0.3) / (h["orders"] + 3)),
    "reviews_per_order": _history(lambda h: h["reviews"] / max(1, h["orders"])),
}


def _order(read: Callable[[Record, Record], float]) -> Callable[[Record], float]:
    return lambda review: read(review["order"], review) if "order" in review else _MISSING


def _gap(since: str | None, until: str | None) -> float:
    return hours(until) - hours(since) if since and until else _MISSING


_ORDER = {
    "paid": _order(lambda o, _: float(o["paid"])),
    "coupon": _order(lambda o, _: float(o["coupon"])),
    "coupon_share": _order(lambda o, _: o["coupon"] / max(1.0, o["paid"] + o["coupon"])),
    "is_delivered": _order(lambda o, _: float(o["delivered_at"] is not None)),
    "refund_asked": _order(lambda o, _: float(o["refund"]["status"] != "none")),
    "refund_rejected": _order(lambda o, _: float(o["refund"]["status"] == "rejected")),
    "refund_share": _order(lambda o, _: (o["refund"]["amount"] or 0) / max(1.0, o["paid"])),
    "h_order_to_ship": _order(lambda o, _: _gap(o["ordered_at"], o["shipped_at"])),
    "h_ship_to_scan": _order(lambda o, _: _gap(o["shipped_at"], o["delivered_at"])),
    "h_scan_to_post": _order(lambda o, r: _gap(o["delivered_at"], r["posted_at"])),
    "h_order_to_post": _order(lambda o, r: _gap(o["ordered_at"], r["posted_at"])),
    "h_refund_to_post": _order(lambda o, r: _gap(o["refund"]["requested_at"], r["posted_at"])),
}


def _across(reviews: Sequence[Record]) -> dict[str, Column]:
    """Features that compare a review with others; those of a buyer look at the whole file."""
    by_buyer = Counter(r["buyer_id"] for r in reviews)
    by_text = Counter(r["text"] for r in reviews)
    by_day = Counter(_buyer_day(r) for r in reviews)
    means = _means(reviews)
    return {
        "buyer_reviews": _column(lambda r: by_buyer[r["buyer_id"]], reviews),
        "buyer_reviews_a_day": _column(lambda r: by_day[_buyer_day(r)], reviews),
        "buyer_life_h": _life_spans(reviews),
        "same_text": _column(lambda r: by_text[r["text"]], reviews),
        "shared_grams": _shared_grams(reviews),
        "rating_deviation": _column(lambda r: abs(r["rating"] - means[r["item_id"]]), reviews),
        "shop_bad_week": _bad_within(reviews, "merchant_id", _WEEK_H),
        "item_bad_week": _bad_within(reviews, "item_id", _WEEK_H),
        "shop_bad_day": _bad_within(reviews, "merchant_id", 24.0),
    }


def _buyer_day(review: Record) -> tuple[str, str]:
    return review["buyer_id"], review["posted_at"][:10]


def _means(reviews: Sequence[Record]) -> dict[str, float]:
    ratings: dict[str, list[int]] = defaultdict(list)
    for review in reviews:
        ratings[review["item_id"]].append(review["rating"])
    return {item: sum(kept) / len(kept) for item, kept in ratings.items()}


def _life_spans(reviews: Sequence[Record]) -> Column:
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    for review in reviews:
        at = hours(review["posted_at"])
        first.setdefault(review["buyer_id"], at)
        last[review["buyer_id"]] = at
    return _column(lambda r: last[r["buyer_id"]] - first[r["buyer_id"]], reviews)


def _shared_grams(reviews: Sequence[Record]) -> Column:
    """Share of a text's character 8-grams that some other buyer wrote, too."""
    owners: dict[str, set[str]] = defaultdict(set)
    for review in reviews:
        for gram in _grams(review["text"]):
            owners[gram].add(review["buyer_id"])
    return _column(lambda r: _share(r["text"], owners), reviews)


def _grams(text: str) -> set[str]:
    return {text[i : i + 8] for i in range(max(1, len(text) - 7))}


def _share(text: str, owners: dict[str, set[str]]) -> float:
    grams = _grams(text)
    return sum(len(owners[gram]) > 1 for gram in grams) / len(grams)


def _bad_within(reviews: Sequence[Record], key: str, span_h: float) -> Column:
    """How many bad reviews the same shop or item had in the hours before; rows oldest first."""
    recent: dict[str, deque[float]] = defaultdict(deque)
    counts = []
    for review in reviews:
        times, now = recent[review[key]], hours(review["posted_at"])
        while times and times[0] < now - span_h:
            times.popleft()
        counts.append(len(times))
        if review["rating"] <= 2:
            times.append(now)
    return np.array(counts, dtype=np.float64)
