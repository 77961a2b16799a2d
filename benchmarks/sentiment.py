"""Accuracy and speed of the sentiment model, beside SnowNLP in the same run.

    python -m benchmarks.sentiment DATA_DIR [--model models/sentiment/1] [--limit 0]

Fair by construction: sources that the model was trained on are measured on their held-out tenth
only, reviews_waimai whole (no row of it was trained on); SnowNLP sees the same texts. Two classes
are decided by positive >= negative; a neutral text counts in macro-F1 only, which SnowNLP, having
no neutral class, does not get.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from nlp_service.reviews.sentiment import SentimentModel
from nlp_service.text.normalize import normalize
from nlp_service.training.sentiment import SOURCES, Example, measure, read_source

_MODEL_DIR = Path(__file__).parents[1] / "models" / "sentiment" / "1"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every source and print one table."""
    options = _options(arguments)
    model = SentimentModel.load(options.model)
    trained = json.loads((options.model / "metrics.json").read_text(encoding="utf-8"))["trained_on"]
    table = Table(
        "source", "texts", "accuracy", "macro-F1", "SnowNLP", "texts/s", "SnowNLP texts/s"
    )
    for source in SOURCES:
        examples = _examples(
            options.data, source, is_trained=source in trained, limit=options.limit
        )
        table.add_row(source, *_row(model, examples, source))
    Console(width=110).print(table)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Sentiment accuracy and speed, beside SnowNLP.")
    parser.add_argument("data", type=Path, help="folder of the public review sets")
    parser.add_argument("--model", type=Path, default=_MODEL_DIR)
    parser.add_argument("--limit", type=int, default=0, help="texts a source; 0 takes all")
    return parser.parse_args(arguments)


def _examples(data: Path, source: str, *, is_trained: bool, limit: int) -> list[Example]:
    rows = [row for row in read_source(data, source) if row.is_held_out or not is_trained]
    return rows[:limit] if limit else rows


def _row(model: SentimentModel, examples: Sequence[Example], source: str) -> tuple[str, ...]:
    ours = measure(model, examples)
    speed = _per_second(lambda text: model.score(normalize(text).text), examples, source)
    polar = [example for example in examples if example.label != "neutral"]
    peer = _snownlp()
    right = sum(
        (peer(example.text) >= 0.5) == (example.label == "positive")
        for example in track(polar, description=f"SnowNLP on {source}", transient=True)
    )
    peer_speed = _per_second(peer, polar[:500], source)
    return (
        str(len(examples)),
        f"{ours['accuracy']:.4f}",
        f"{ours['macro_f1']:.4f}" if "macro_f1" in ours else "",
        f"{right / len(polar):.4f}",
        f"{speed:,.0f}",
        f"{peer_speed:,.0f}",
    )


def _per_second(score: Callable[[str], object], examples: Sequence[Example], source: str) -> float:
    begun = time.perf_counter()
    for example in track(examples, description=f"timing on {source}", transient=True):
        score(example.text)
    return len(examples) / (time.perf_counter() - begun)


def _snownlp() -> Callable[[str], float]:
    """Prob of positive by SnowNLP as shipped; it cannot read a text without words."""
    from snownlp import SnowNLP  # a development dependency, needed here only

    return lambda text: float(SnowNLP(text).sentiments) if text.strip() else 0.5


if __name__ == "__main__":
    main()
