"""How a signal is stated: with weight, without weight, or as missing its input."""

from collections.abc import Sequence

from nlp_service.domain import Signal, Span


def absent(code: str) -> Signal:
    """The signal looked and found nothing."""
    return Signal(code, 0.0, "")


def missing(code: str, *, needs: str) -> Signal:
    """The input is not there; what is missing is never suspicious."""
    return Signal(code, 0.0, "", missing=needs)


def found(
    code: str,
    weight: float,
    reason: str,
    *,
    spans: Sequence[Span] = (),
    value: float | None = None,
    threshold: float | None = None,
) -> Signal:
    """Evidence of `weight` log-odds; `reason` is one Chinese sentence for the moderator."""
    return Signal(code, round(weight, 3), reason, tuple(spans), value, threshold)


def grown(value: float, start: float, full: float) -> float:
    """How far `value` has come from `start` to `full`: 0 up to the one, 1 from the other on."""
    return min(1.0, max(0.0, (value - start) / (full - start)))
