"""A receiver of webhooks: a real HTTP server on this machine that answers as it is told."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Got:
    """One call as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> str:
        return self.headers["nlp-service-event"]

    def read(self) -> Any:
        return json.loads(self.body)

    def is_signed(self, secret: str) -> bool:
        """By the words of the contract, without the code of the service."""
        parts = dict(
            part.split("=", 1) for part in self.headers["nlp-service-signature"].split(",")
        )
        told = parts["t"].encode() + b"." + self.body
        return hmac.new(secret.encode(), told, hashlib.sha256).hexdigest() == parts["v1"]


@dataclass
class Receiver:
    """`answers` are used up one a call, then 200; an event object holds the answer back."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    answers: list[int | threading.Event] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def take(self, call: Got) -> int:
        with self.arrived:
            self.got.append(call)
            answer = self.answers.pop(0) if self.answers else 200
            self.arrived.notify_all()
        if isinstance(answer, threading.Event):
            answer.wait(60)
            return 200
        return answer

    def wait(self, count: int, timeout_s: float = 60) -> bool:
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.got) >= count, timeout_s)


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = receiver.take(Got(self.path, headers, body))
            try:
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:  # the caller has gone
                return

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield receiver
    finally:
        for answer in receiver.answers:
            if isinstance(answer, threading.Event):
                answer.set()
        server.shutdown()
        thread.join()
        server.server_close()
