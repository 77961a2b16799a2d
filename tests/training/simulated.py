"""Small worlds for the tests of the simulation, each simulated once."""

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from nlp_service.training.simulation.files import write_world
from nlp_service.training.simulation.settings import Settings, Split

Record = dict[str, Any]


class World(NamedTuple):
    """The four files, read."""

    reviews: list[Record]
    truth: list[Record]
    events: list[Record]
    about: Record


def read_lines(path: Path) -> list[Record]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@cache
def world(split: Split, *, reviews: int = 2_000, prevalence: float = 0.05, seed: int = 5) -> World:
    settings = Settings(seed=seed, reviews=reviews, prevalence=prevalence, split=split)
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "world"
        about = write_world(folder, settings)
        names = ("reviews", "truth", "events")
        read = [read_lines(folder / f"{name}.jsonl") for name in names]
    return World(read[0], read[1], read[2], about)
