"""Accuracy and speed of the review reader, beside the linear model and SnowNLP in the same run.

    python -m benchmarks.sentiment DATA_DIR [--model models/sentiment/13] [--limit 0]

Fair by construction: sources that the model was trained on are measured on their held-out tenth
only, reviews_waimai whole (no row of it was trained on); every system sees the same texts. Two
classes are decided by positive >= negative; a neutral text counts in macro-F1 only, which SnowNLP,
having no neutral class, does not get. Speed is that of whole readings (sentiment, aspects,
severity) in the order of the file.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from nlp_service.domain import Review
from nlp_service.reviews.loading import SHIPPED, load_reader
from nlp_service.reviews.reading import PhraseReader, ReviewReader
from nlp_service.training.public_reviews import SOURCES, PublicReview, read_source
from nlp_service.training.sentiment import measure_scores

_MODEL_DIR = Path(__file__).parents[1] / "models" / SHIPPED
_SNOW_TIMED = 500


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every source and print one table."""
    options = _options(arguments)
    readers = {"model": load_reader(options.model), "linear": PhraseReader.load(options.model)}
    trained = json.loads((options.model / "metrics.json").read_text(encoding="utf-8"))["trained_on"]
    table = Table("source", "texts", "system", "accuracy", "macro-F1", "texts/s")
    for source in SOURCES:
        is_trained = source in trained
        reviews = _reviews(options.data, source, is_trained=is_trained, limit=options.limit)
        for name, reader in readers.items():
            table.add_row(source, str(len(reviews)), name, *_figures(reader, reviews))
        table.add_row(source, str(len(reviews)), "SnowNLP", *_snow_figures(reviews, source))
    Console(width=100).print(table)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Sentiment accuracy and speed, beside SnowNLP.")
    parser.add_argument("data", type=Path, help="folder of the public review sets")
    parser.add_argument("--model", type=Path, default=_MODEL_DIR)
    parser.add_argument("--limit", type=int, default=0, help="texts a source; 0 takes all")
    return parser.parse_args(arguments)


def _reviews(data: Path, source: str, *, is_trained: bool, limit: int) -> list[PublicReview]:
    rows = [row for row in read_source(data, source) if row.is_held_out or not is_trained]
    return rows[:limit] if limit else rows


def _figures(reader: ReviewReader, reviews: Sequence[PublicReview]) -> tuple[str, str, str]:
    begun = time.perf_counter()
    readings = reader.read([Review(review.key, review.text) for review in reviews])
    speed = len(reviews) / (time.perf_counter() - begun)
    found = measure_scores([r.sentiment for r in readings], [r.label for r in reviews])
    macro = f"{found['macro_f1']:.4f}" if "macro_f1" in found else ""
    return f"{found['accuracy']:.4f}", macro, f"{speed:,.0f}"


def _snow_figures(reviews: Sequence[PublicReview], source: str) -> tuple[str, str, str]:
    peer = _snownlp()
    polar = [review for review in reviews if review.label != "neutral"]
    right = sum(
        (peer(review.text) >= 0.5) == (review.label == "positive")
        for review in track(polar, description=f"SnowNLP on {source}", transient=True)
    )
    begun = time.perf_counter()
    for review in polar[:_SNOW_TIMED]:
        peer(review.text)
    speed = min(len(polar), _SNOW_TIMED) / (time.perf_counter() - begun)
    return f"{right / len(polar):.4f}", "", f"{speed:,.0f}"


def _snownlp() -> Callable[[str], float]:
    """Prob of positive by SnowNLP as shipped; it cannot read a text without words."""
    from snownlp import SnowNLP  # a development dependency, needed here only

    return lambda text: float(SnowNLP(text).sentiments) if text.strip() else 0.5


if __name__ == "__main__":
    main()
