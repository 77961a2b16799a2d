"""Keyed hashes in place of ids, and the secret they need.

Without the secret nobody can tell from the store which message or buyer a row is about.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from nlp_service.errors import StorageError

_SECRET_BYTES = 32
_LEAST_SECRET_CHARS = 16


def message_key(secret: bytes, *parts: str | None) -> str:
    """HMAC-SHA-256 over length-marked parts, in hex, so that ("ab", "c") is not ("a", "bc")."""
    digest = hmac.new(secret, digestmod=hashlib.sha256)
    for part in parts:
        raw = b"" if part is None else part.encode("utf-8")
        digest.update(b"-" if part is None else b"%d:" % len(raw))
        digest.update(raw)
    return digest.hexdigest()


def load_secret(given: str, path: Path) -> bytes:
    """The secret from the settings, or from `path`, where the first start leaves a random one."""
    if given:
        if len(given) < _LEAST_SECRET_CHARS:
            raise StorageError(f"NLP_SERVICE_SECRET needs {_LEAST_SECRET_CHARS} characters or more")
        return given.encode("utf-8")
    try:
        return _stored_secret(path)
    except OSError as error:
        raise StorageError(f"the secret file cannot be read or made: {error.strerror}") from error


def _stored_secret(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # O_EXCL: of two processes that start together, one writes and the other reads.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as target:
        target.write(secrets.token_hex(_SECRET_BYTES).encode("ascii"))
    return path.read_bytes()
