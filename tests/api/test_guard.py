import asyncio

from starlette.types import Message, Receive, Scope, Send

from nlp_service.api.guard import Guard
from nlp_service.api.metrics import Metrics


def scope(path: str) -> Scope:
    return {"type": "http", "method": "POST", "path": path, "headers": []}


async def nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def status_of(guard: Guard, path: str) -> int:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await guard(scope(path), nothing, send)
    return int(sent[0]["status"])


def make_guard(gate: asyncio.Event) -> Guard:
    async def slow(_: Scope, __: Receive, send: Send) -> None:
        await gate.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return Guard(slow, metrics=Metrics(), max_in_flight=2, max_body_bytes=1_000)


def test_a_full_house_answers_503_but_health_passes() -> None:
    async def scene() -> tuple[list[int], int, int]:
        gate = asyncio.Event()
        guard = make_guard(gate)
        waiting = [asyncio.create_task(status_of(guard, "/v1/chat/check")) for _ in range(2)]
        await asyncio.sleep(0)
        refused = await status_of(guard, "/v1/chat/check")
        health = asyncio.create_task(status_of(guard, "/healthz"))
        await asyncio.sleep(0)
        gate.set()
        return [await task for task in waiting], refused, await health

    assert asyncio.run(scene()) == ([200, 200], 503, 200)


def test_the_house_empties_again() -> None:
    async def scene() -> list[int]:
        gate = asyncio.Event()
        gate.set()
        guard = make_guard(gate)
        return [await status_of(guard, "/v1/chat/check") for _ in range(5)]

    assert asyncio.run(scene()) == [200] * 5
