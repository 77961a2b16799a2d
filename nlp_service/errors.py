"""Every error the service raises on purpose, and its HTTP status.

A message names the thing, the kind of value and the remedy. It never carries message text or
personal data, because messages reach logs and callers.
"""

from typing import ClassVar


class ServiceError(Exception):
    """Base of all errors raised on purpose."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"

    def __init__(self, detail: str, *, field: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field


class ClientError(ServiceError):
    """The caller can mend it: wrong value, wrong order, wrong format."""

    status = 422
    title = "Invalid input"


class MalformedError(ClientError):
    """The input cannot be read at all, for example broken JSON."""

    status = 400
    title = "Malformed input"


class ConflictError(ClientError):
    """Contradicts what was sent before, for example the same id with other content."""

    status = 409
    title = "Conflict"


class NotFoundError(ClientError):
    """Nothing is known under this id."""

    status = 404
    title = "Not found"


class TooLargeError(ClientError):
    """More items or bytes than one call takes."""

    status = 413
    title = "Too large"


class PolicyError(ServiceError):
    """A policy file is wrong: unknown key, unknown code, missing reason."""

    status = 422
    title = "Invalid policy"


class ModelError(ServiceError):
    """A model directory is missing, incomplete or altered."""

    status = 503
    title = "Model unavailable"


class StorageError(ServiceError):
    """The database or a file cannot be read or written."""

    status = 503
    title = "Storage unavailable"
