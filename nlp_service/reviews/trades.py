"""Which trade a review speaks of, by its words alone; what item it stands under is not looked at.

normalised text --LinearModel--> one-vs-rest probs; a text that speaks of nothing has all low
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from nlp_service.inference.linear import LinearModel

TRADES = "trades.npz"


class TradeModel:
    """Probabilities of trades; thread-safe."""

    def __init__(self, linear: LinearModel) -> None:
        self._linear = linear

    @classmethod
    def load(cls, path: Path) -> "TradeModel | None":
        """The model of `models/sentiment/<version>`, None where it has none; raises ModelError."""
        file = path / TRADES
        return cls(LinearModel.load(file)) if file.is_file() else None

    def probs(self, texts: Sequence[str]) -> list[Mapping[str, float]]:
        """Probability of each trade for each normalised text, each by itself."""
        if not texts:
            return []
        probs = self._linear.calibrate(self._linear.logits_of_units(texts))
        return [dict(zip(self._linear.labels, row.tolist(), strict=True)) for row in probs]
