"""Signs webhooks, so that a receiver knows who sent a body and when.

Header: `t=UNIX_SECONDS,v1=HEX`, where HEX is HMAC-SHA-256 over `UNIX_SECONDS.BODY`.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

_TOLERANCE = timedelta(minutes=5)


def signature(key: bytes, body: bytes, *, at: datetime) -> str:
    """The value of the signature header for a body sent at `at`."""
    return _header(key, body, int(at.timestamp()))


def is_signed(
    key: bytes, body: bytes, header: str, *, now: datetime, tolerance: timedelta = _TOLERANCE
) -> bool:
    """Whether the header signs this body, and not longer ago (or ahead) than `tolerance`."""
    stamp = header.partition(",")[0].removeprefix("t=")
    # 12 digits reach beyond the year 30000; more would only cost time.
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return False
    is_fresh = abs(now.timestamp() - int(stamp)) <= tolerance.total_seconds()
    expected = _header(key, body, int(stamp))
    return hmac.compare_digest(expected.encode(), header.encode("utf-8", "replace")) and is_fresh


def _header(key: bytes, body: bytes, stamp: int) -> str:
    mac = hmac.new(key, b"%d." % stamp + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={mac}"
