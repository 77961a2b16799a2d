"""Stands before the routes: how many calls at once, how large a body, how long it took.

    call -> too many? 503 -> body too large? 413 -> routes -> counted and timed
                                                      |
                                              a bug of ours -> 500, logged without its words

Health checks and metrics pass even when the house is full.
"""

import time

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nlp_service.api.metrics import Metrics
from nlp_service.api.problems import OverloadError, internal_response, problem_response
from nlp_service.errors import TooLargeError
from nlp_service.logs import log_bug

_ALWAYS_OPEN = ("/healthz", "/readyz", "/metrics")


class Guard:
    """ASGI middleware; its counters live on one event loop and need no lock."""

    def __init__(
        self, app: ASGIApp, *, metrics: Metrics, max_in_flight: int, max_body_bytes: int
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._max_in_flight = max_in_flight
        self._max_body_bytes = max_body_bytes
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = _Call(self._app, scope, self._limited(receive), send)
        started = time.perf_counter()
        refusal = self._refusal(scope)
        self._in_flight += 1
        self._metrics.in_flight.set(self._in_flight)
        try:
            await (call.refuse(refusal) if refusal else call.answer())
        finally:
            self._in_flight -= 1
            self._metrics.in_flight.set(self._in_flight)
            self._count(scope, call.status, time.perf_counter() - started)

    def _refusal(self, scope: Scope) -> Response | None:
        if scope["path"] not in _ALWAYS_OPEN and self._in_flight >= self._max_in_flight:
            return problem_response(OverloadError("too many calls at once; wait and send again"))
        if _declared_bytes(scope) > self._max_body_bytes:
            return problem_response(self._too_large())
        return None

    def _too_large(self) -> TooLargeError:
        return TooLargeError(f"the body is over {self._max_body_bytes} bytes; send smaller batches")

    def _limited(self, receive: Receive) -> Receive:
        """Counts bytes as they come: a declared length may be missing or a lie."""
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._max_body_bytes:
                raise self._too_large()
            return message

        return limited

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        self._metrics.requests.labels(route, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)


class _Call:
    """One call on its way; remembers the status for the metrics."""

    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        self._app, self._scope, self._receive, self._send = app, scope, receive, send
        self.status = 0

    async def refuse(self, refusal: Response) -> None:
        """Send this answer instead of asking the routes."""
        await refusal(self._scope, self._receive, self._noting)

    async def answer(self) -> None:
        """Let the routes answer; whatever goes wrong there, every call gets an answer."""
        try:
            await self._app(self._scope, self._receive, self._noting)
        except ClientDisconnect:
            return
        except Exception as error:
            log_bug(error)
            if self.status:
                raise
            await self.refuse(internal_response())

    async def _noting(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


def _declared_bytes(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
