"""A world on disk: four files that appear together or not at all.

simulate -> render, sort by time -> a folder beside OUT -> renamed to OUT
"""

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nlp_service.errors import ClientError
from nlp_service.training.simulation import clock, render
from nlp_service.training.simulation.settings import (
    HELD_OUT_CIRCUMSTANCES,
    HELD_OUT_FAMILIES,
    HELD_OUT_POPULATIONS,
    Settings,
)
from nlp_service.training.simulation.society import Society, Tell, simulate

Record = dict[str, Any]
FORMAT = 1


def write_world(target: Path, settings: Settings, tell: Tell | None = None) -> Record:
    """Simulate into a new folder `target`; returns what world.json says.

    Raises ClientError where the folder exists and is not empty, or its parent is missing.
    """
    _require_free(target)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        world = _fill(folder, settings, simulate(settings, tell))
        folder.chmod(0o755)
        folder.replace(target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return world


def _require_free(target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ClientError(f"{target}: exists already; name a new folder for --out")
    if not target.absolute().parent.is_dir():
        raise ClientError(f"{target}: its parent folder does not exist; make it first")


def _fill(folder: Path, settings: Settings, society: Society) -> Record:
    rows = [row for life in society.lives for row in render.reviews_of(life)]
    # Ids are random, so that ties in time tell nothing either.
    rows.sort(key=lambda row: (row[0], row[1]["id"]))
    _write_lines(folder / "reviews.jsonl", (body for _, body, _ in rows))
    truth = [fact for _, _, fact in rows]
    _write_lines(folder / "truth.jsonl", truth)
    events = _write_events(folder / "events.jsonl", society)
    world = _summary(settings, society, truth, [body for _, body, _ in rows], events)
    (folder / "world.json").write_text(_pretty(world), encoding="utf-8")
    return world


def _write_events(path: Path, society: Society) -> int:
    events = [event for life in society.lives for event in render.events_of(life)]
    events = [event for event in events if event[0] < clock.END]
    events.sort(key=lambda event: event[0])
    _write_lines(path, (_numbered(place, event) for place, event in enumerate(events)))
    return len(events)


def _numbered(place: int, event: render.Event) -> Record:
    at, _, record = event
    return {"event_id": f"e-{place}", "at": clock.stamp(at), **record}


def _write_lines(path: Path, records: Iterable[Record]) -> None:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{encode(record)}\n" for record in records)


def _pretty(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def _summary(
    settings: Settings, society: Society, truth: list[Record], bodies: list[Record], events: int
) -> Record:
    honest_bad = Counter(
        fact["population"]
        for fact, body in zip(truth, bodies, strict=True)
        if body["rating"] <= 2 and not fact["is_malicious"]
    )
    return {
        "format": FORMAT,
        "note": "simulated; no public Chinese set of malicious bad reviews exists",
        "settings": asdict(settings),
        "window": [clock.stamp(clock.WARM_UP), clock.stamp(clock.END)],
        "counts": {
            "reviews": len(truth),
            "malicious": sum(fact["is_malicious"] for fact in truth),
            "events": events,
            "buyers": len({fact["buyer_id"] for fact in truth}),
            "shops": society.shops,
            "items": society.items,
        },
        "families": _counted(Counter(f["family"] for f in truth if f["family"])),
        "populations": _counted(Counter(f["population"] for f in truth)),
        "honest_bad_reviews": _counted(honest_bad),
        "held_out": sorted(HELD_OUT_FAMILIES + HELD_OUT_POPULATIONS + HELD_OUT_CIRCUMSTANCES),
    }


def _counted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
