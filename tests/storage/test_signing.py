import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from nlp_service.storage.signing import is_signed, signature

KEY, BODY = b"shared key", '{"tier":"高"}'.encode()
AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
HEADER = signature(KEY, BODY, at=AT)


def test_signature_is_over_time_and_body() -> None:
    stamp = str(int(AT.timestamp()))
    mac = hmac.new(KEY, stamp.encode() + b"." + BODY, hashlib.sha256).hexdigest()
    assert f"t={stamp},v1={mac}" == HEADER
    assert is_signed(KEY, BODY, HEADER, now=AT)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_old_and_future_signatures_are_refused(minutes: int) -> None:
    assert not is_signed(KEY, BODY, HEADER, now=AT + timedelta(minutes=minutes))


def test_other_key_body_and_time_are_refused() -> None:
    later = HEADER.replace(str(int(AT.timestamp())), str(int(AT.timestamp()) + 1))
    assert not is_signed(b"other", BODY, HEADER, now=AT)
    assert not is_signed(KEY, BODY + b" ", HEADER, now=AT)
    assert not is_signed(KEY, BODY, later, now=AT)


@pytest.mark.parametrize(
    "header",
    ["", "t=", "v1=ab", "t=１,v1=a", "t=x,v1=y", f"t={'9' * 5_000},v1=a", HEADER[:-1], "店"],
)
def test_malformed_headers_are_refused(header: str) -> None:
    assert not is_signed(KEY, BODY, header, now=AT)
