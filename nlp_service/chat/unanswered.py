"""Messages that the buyer has not answered: repeats, bursts, chasing day after day.

Counts only; what a count means is the policy's business (boundary 21).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from nlp_service.policy.schema import Limits

_LONGER_AT_MOST = 6  # a message six times as long is another message, whatever it repeats
LONG_NUMBER = re.compile(r"[0-9a-z]{6,}")


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A merchant message that the buyer has not answered yet; `numbers` are its long ones."""

    bigrams: frozenset[str]
    numbers: frozenset[str]
    at: datetime | None
    is_pitch: bool
    is_piece: bool
    chases: bool


def similarity(one: Unanswered, other: Unanswered) -> float:
    """Overlap coefficient of character bigrams, in [0, 1]: a paste with words added is the same.

    Texts of very different length, or about different numbers (two parcels), are not the same.
    """
    shorter, longer = sorted((len(one.bigrams), len(other.bigrams)))
    if not shorter or longer > _LONGER_AT_MOST * shorter or one.numbers != other.numbers:
        return 0.0
    return len(one.bigrams & other.bigrams) / shorter


def bigrams_of(text: str) -> frozenset[str]:
    """Pairs of neighbouring letters; a lone letter between gaps counts by itself."""
    pieces = "".join(letter if letter.isalnum() else " " for letter in text).split()
    return frozenset(piece[at : at + 2] for piece in pieces for at in range(max(len(piece) - 1, 1)))


def near_same(earlier: tuple[Unanswered, ...], now: Unanswered, limits: Limits) -> int:
    """How many earlier messages say the same, within the window where times are known."""
    window = timedelta(hours=limits.near_same_window_h)
    return sum(
        similarity(message, now) >= limits.near_same_similarity
        for message in earlier
        if within(message.at, now.at, window, if_unknown=True) and len(now.bigrams) > 2
    )


def burst(earlier: tuple[Unanswered, ...], now: Unanswered, limits: Limits) -> int:
    """Unanswered messages shortly before; without times none can be said to be in a burst."""
    window = timedelta(minutes=limits.burst_window_min)
    if now.is_piece:
        return 0
    return sum(
        not message.is_piece and within(message.at, now.at, window, if_unknown=False)
        for message in earlier
    )


def chased_days(earlier: tuple[Unanswered, ...], now: Unanswered, limits: Limits) -> int:
    """On how many days running, up to today, the buyer was chased without answering.

    News of the order is no chasing, and neither is what a bot sends by itself.
    """
    if now.at is None or not now.chases:
        return 0
    zone = buyers_zone(limits)
    days = {
        message.at.astimezone(zone).date() for message in earlier if message.at and message.chases
    }
    count, day = 1, now.at.astimezone(zone).date()
    while day - timedelta(days=count) in days:
        count += 1
    return count


def within(
    earlier: datetime | None, now: datetime | None, window: timedelta, *, if_unknown: bool
) -> bool:
    """Whether `now` is at most `window` after `earlier`; `if_unknown` where a time is missing."""
    if earlier is None or now is None:
        return if_unknown
    return timedelta(0) <= now - earlier <= window


def buyers_zone(limits: Limits) -> timezone:
    """The buyer's clock, whatever offset the caller writes times in."""
    return timezone(timedelta(hours=limits.utc_offset_h))
