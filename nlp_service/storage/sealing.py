"""Encrypts what a person must see again: AES-256-GCM under keys derived from the secret.

    value -> canonical JSON, padded -> version | key id | nonce | ciphertext and tag

The place of a value (table and key of its row) is authenticated with it: a sealed value that is
moved to another row does not open. The key id says which secret sealed it, so that an older one
still opens what it sealed while a newer one seals.
"""

import json
import secrets
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from nlp_service.errors import StorageError
from nlp_service.storage.canonical import canonical_json

_VERSION = b"\x01"
_KEY_BYTES = 32
_KEY_ID_BYTES = 4
# NIST SP 800-38D: 96 random bits, safe for 2**32 values under one key; a buyer has a key alone.
_NONCE_BYTES = 12
_HEAD_BYTES = len(_VERSION) + _KEY_ID_BYTES + _NONCE_BYTES
# The length of a ciphertext tells the length of a text: blur it. JSON ignores trailing spaces.
_PAD_BYTES = 64
_WRONG = "a sealed value cannot be opened: another secret sealed it, or its row was altered"


def derived(secret: bytes, purpose: str, salt: bytes = b"") -> bytes:
    """A key of 32 bytes for one purpose, by HKDF-SHA-256 (RFC 5869)."""
    return HKDF(SHA256(), _KEY_BYTES, salt or None, purpose.encode("ascii")).derive(secret)


class Sealer:
    """Seals with the first secret, opens with any; another salt is another key."""

    def __init__(self, secrets_in_order: Sequence[bytes], *, salt: bytes = b"") -> None:
        self._ciphers = {
            derived(secret, "key id")[:_KEY_ID_BYTES]: AESGCM(derived(secret, "seal", salt))
            for secret in reversed(secrets_in_order)
        }
        self._key_id = derived(secrets_in_order[0], "key id")[:_KEY_ID_BYTES]

    def seal(self, value: Any, *, table: str, key: str) -> bytes:
        """Encrypt a JSON value for the row `key` of `table`."""
        plain = canonical_json(value)
        plain += b" " * (-len(plain) % _PAD_BYTES)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = self._ciphers[self._key_id].encrypt(nonce, plain, _place(table, key))
        return _VERSION + self._key_id + nonce + cipher

    def open(self, sealed: bytes, *, table: str, key: str) -> Any:
        """Decrypt what `seal` made for the same place; raises StorageError."""
        cipher = self._ciphers.get(sealed[1 : 1 + _KEY_ID_BYTES])
        if sealed[:1] != _VERSION or cipher is None or len(sealed) < _HEAD_BYTES:
            raise StorageError(_WRONG)
        nonce = sealed[_HEAD_BYTES - _NONCE_BYTES : _HEAD_BYTES]
        try:
            plain = cipher.decrypt(nonce, sealed[_HEAD_BYTES:], _place(table, key))
        except InvalidTag as error:
            raise StorageError(_WRONG) from error
        return json.loads(plain)


def _place(table: str, key: str) -> bytes:
    return f"{table}\0{key}".encode("ascii")
