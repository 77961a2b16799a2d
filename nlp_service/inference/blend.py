"""How sure a fact is, from what several models say of it: calibrated weights by fact.

    linear logit, turn logit, loudest token --a x + b y + c z + d, logistic--> probability

The weights are fitted on authors that none of the models was trained on (training/blend_fit.py).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nlp_service.errors import ModelError
from nlp_service.inference.artifact import write_json
from nlp_service.inference.linear import Floats


class Blend:
    """Weights `(linear, turn, token, offset)` of each fact; what stands before the first colon of
    its name is its group. `columns` are those of the encoder."""

    def __init__(
        self, columns: tuple[str, ...], weights: Mapping[str, tuple[float, float, float, float]]
    ) -> None:
        """`columns` names the encoder's `(L,)`; `weights` are by name with its group before it."""
        self.columns = {name: number for number, name in enumerate(columns)}
        self.weights = dict(weights)
        groups = dict.fromkeys(name[: name.index(":") + 1] for name in self.weights)
        self._groups = {group: self._group(group) for group in groups}

    @classmethod
    def load(cls, path: Path) -> "Blend":
        """Read what `save` wrote; raises ModelError."""
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            weights = {name: _four(row) for name, row in stored["weights"].items()}
            return cls(tuple(stored["columns"]), weights)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"{path.name} cannot be read: {error}") from error

    def save(self, path: Path) -> None:
        """Write columns and weights as JSON."""
        weights = {name: [round(w, 5) for w in row] for name, row in self.weights.items()}
        write_json(path, {"columns": list(self.columns), "weights": weights})

    def probs(
        self, group: str, linear: Mapping[str, float], turn: Floats, token: Floats | None = None
    ) -> dict[str, float]:
        """Probability of every fact of `group` by name; an unheard token counts as the turn.

        `linear` holds logits by name; `turn` and `token` are the encoder's `(L,)`.
        """
        if group not in self._groups:
            return {}
        names, places, weights = self._groups[group]
        said = np.array([linear.get(name, 0.0) for name in names])
        heard = turn[places]
        loudest = heard if token is None else token[places]
        logits = said * weights[0] + heard * weights[1] + loudest * weights[2] + weights[3]
        probs = 1.0 / (1.0 + np.exp(-np.minimum(np.maximum(logits, -30), 30)))
        return dict(zip(names, probs.tolist(), strict=True))

    def _group(self, group: str) -> tuple[list[str], Any, Any]:
        named = [name for name in self.weights if name.startswith(group)]
        places = np.array([self.columns[name] for name in named], np.int64)
        weights = np.array([self.weights[name] for name in named]).reshape(-1, 4).T.copy()
        return [name.removeprefix(group) for name in named], places, weights


def _four(row: list[float]) -> tuple[float, float, float, float]:
    linear, turn, token, offset = row
    return float(linear), float(turn), float(token), float(offset)
