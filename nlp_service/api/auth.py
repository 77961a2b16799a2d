"""API keys: who may call what. Without keys the service is open, for this machine only.

A key comes as `Authorization: Bearer KEY` or `X-API-Key: KEY`; the settings hold its SHA-256,
so that neither environment nor memory dump gives a usable key away. Keys are long random
strings (`nlp-service keys new`), which is why a plain hash is enough.
"""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from nlp_service.api.limits import Rate
from nlp_service.api.problems import AuthError, ScopeError
from nlp_service.settings import ApiKey

_BEARER = HTTPBearer(auto_error=False, description="An API key, where the service asks for one.")
_Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]
_KEY_BYTES = 32


class Keyring:
    """The known keys, and how often each may call."""

    def __init__(self, keys: Sequence[ApiKey], rate: Rate) -> None:
        self._keys = tuple(keys)
        self._rate = rate

    def admit(self, key: str | None, scope: str) -> None:
        """Let the caller in or raise AuthError, ScopeError or RateError."""
        known = self._find(key)
        self._rate.take(known.digest if known else "open")
        if known and scope not in known.scopes:
            raise ScopeError(f"this key lacks the scope {scope}; use a key that has it")

    def _find(self, key: str | None) -> ApiKey | None:
        if not self._keys:
            return None
        if not key:
            raise AuthError("no API key; send one as Authorization: Bearer KEY")
        digest = hash_key(key)
        # Every key is compared, so that the time taken tells nothing.
        found = [known for known in self._keys if hmac.compare_digest(known.digest, digest)]
        if not found:
            raise AuthError("unknown API key; check it or ask for a new one")
        return found[0]


def hash_key(key: str) -> str:
    """SHA-256 of a key, in hex."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def new_key() -> str:
    """A random key of 256 bits."""
    return secrets.token_urlsafe(_KEY_BYTES)


def needs(scope: str) -> Callable[..., Awaitable[None]]:
    """A dependency that admits callers with `scope` only."""

    async def admit(request: Request, bearer: _Credentials) -> None:
        key = bearer.credentials if bearer else request.headers.get("x-api-key")
        request.app.state.keyring.admit(key, scope)

    return admit
