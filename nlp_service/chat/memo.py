"""What was read of a text before, by a digest; the texts themselves are not kept."""

from collections.abc import Callable
from hashlib import blake2b
from threading import Lock
from typing import Generic, TypeVar

_Read = TypeVar("_Read")

_SIZE = 8192  # a busy hour's templates and histories; some megabytes


class Memo(Generic[_Read]):
    """The latest readings; the oldest goes first. Thread-safe."""

    def __init__(self) -> None:
        self._known: dict[bytes, _Read] = {}
        self._lock = Lock()

    def get(self, text: str, read: Callable[[str], _Read]) -> _Read:
        """What `read` says of `text`; two threads that ask at once may both read."""
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        with self._lock:
            if digest in self._known:
                return self._known[digest]
        found = read(text)
        with self._lock:
            self._known[digest] = found
            if len(self._known) > _SIZE:
                del self._known[next(iter(self._known))]
        return found
