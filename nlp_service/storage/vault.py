"""The secret at work: keyed hashes for ids, sealers for texts, a MAC for the decision log.

Every use has a derived key of its own. The hashing secret names the rows and stays; the sealing
secrets may be rotated: the newest seals, all of them open.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nlp_service.storage.canonical import canonical_json
from nlp_service.storage.keys import message_key
from nlp_service.storage.sealing import Sealer, derived


class Vault:
    """Everything that needs the secret."""

    def __init__(self, secret: bytes, *, sealing_secrets: Sequence[bytes] = ()) -> None:
        """`sealing_secrets`: newest first; without them the secret itself seals."""
        self._ids = derived(secret, "ids")
        self._chain = derived(secret, "decision log")
        self._prints = derived(secret, "review prints")
        self._evidence = derived(secret, "evidence")
        self._sealing = tuple(dict.fromkeys((*sealing_secrets, secret)))
        self._sealer = Sealer(self._sealing)

    def key(self, kind: str, *parts: str) -> str:
        """The keyed hash that stands for an id of `kind`."""
        return message_key(self._ids, kind, *parts)

    def digest(self, value: Any) -> str:
        """A keyed hash of a JSON value: equal values, equal digests."""
        return hmac.new(self._ids, b"digest:" + canonical_json(value), hashlib.sha256).hexdigest()

    def chain_mac(self, value: Any) -> str:
        """HMAC-SHA-256 over canonical JSON, for entries and heads of the decision log."""
        return hmac.new(self._chain, canonical_json(value), hashlib.sha256).hexdigest()

    def print_mac(self, raw: bytes) -> bytes:
        """HMAC-SHA-256, 32 bytes, over a piece of what reviews are compared by."""
        return hmac.digest(self._prints, raw, "sha256")

    def evidence_key(self) -> Ed25519PrivateKey:
        """Signs what leaves the house as evidence; its public half may be known to all."""
        return Ed25519PrivateKey.from_private_bytes(self._evidence)

    def sealer(self, salt: bytes = b"") -> Sealer:
        """The sealer of the service, or with a salt that of one buyer."""
        return Sealer(self._sealing, salt=salt) if salt else self._sealer
