"""What each pass of a training that goes on from another model goes through again.

    new voices, real turns  +  a share of the known voices, another each time  --> one pass

What was learnt before is learnt by heart; without any of it a model forgets, and all of it is time
that the new voices could have (experience replay, Rolnick et al. 2019).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp_service.errors import ClientError
from nlp_service.training.encoder_batches import Example


@dataclass(frozen=True, slots=True)
class Passes:
    """So many passes over all that is new, each with the share `replay` of what is known."""

    count: int
    replay: float = 1.0
    seed: int = 0

    def over(self, new: Sequence[Example], known: Sequence[Example]) -> list[list[Example]]:
        """The examples of each pass; known ones take turns, so that all come up if time allows."""
        order = np.random.default_rng((self.seed, 11)).permutation(len(known))
        share = round(self.replay * len(known))
        starts = [share * number for number in range(self.count)]
        turns = [np.roll(order, -start)[:share].tolist() for start in starts]
        return [[*new, *(known[row] for row in rows)] for rows in turns]


def learnt_voices(model: Path) -> frozenset[str]:
    """The voices that a chat model has learnt, by its metrics.json; ClientError without one."""
    try:
        stored = json.loads((model / "metrics.json").read_text(encoding="utf-8"))
        return frozenset(stored["voices"]["train"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ClientError(
            f"{model.name}/metrics.json does not name the voices learnt ({error}); "
            "leave out --replay to go through all of them"
        ) from error
