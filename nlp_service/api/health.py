"""`/healthz`, `/readyz` and `/metrics`: for machines that look after the service."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from nlp_service.api.answering import json_response
from nlp_service.api.auth import needs
from nlp_service.api.house import house
from nlp_service.api.metrics import CONTENT_TYPE
from nlp_service.errors import ModelError

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> dict[str, str]:
    """Always ok while the event loop turns."""
    return {"status": "ok"}


@router.get("/readyz", summary="Are all models loaded?")
async def readyz(request: Request) -> Response:
    """Which models answer; 503 with the reason while one is missing."""
    engines = house(request).engines
    if engines.problems:
        reasons = "; ".join(f"{name}: {why}" for name, why in engines.problems.items())
        raise ModelError(reasons)
    return json_response({"status": "ready"})


@router.get("/metrics", summary="Prometheus metrics", dependencies=[Depends(needs("metrics"))])
async def metrics(request: Request) -> Response:
    """Counts and latencies; no ids, no texts."""
    rooms = house(request)
    rooms.metrics.dropped.set(rooms.dropped)
    return Response(rooms.metrics.text(), media_type=CONTENT_TYPE)
