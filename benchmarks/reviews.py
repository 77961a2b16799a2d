"""Reviews per CPU second: reader by phrases, shipped reader, whole scoring, and where time goes.

    python -m benchmarks.reviews REVIEWS.jsonl[.gz] [--reviews 1500] [--profile]

A fixed random sample of the file, so that short and long reviews stand in their own proportion.
CPU time of the process, not time on the wall; run with OMP_NUM_THREADS=1. The first reviews are
other ones and only warm up.
"""

import argparse
import cProfile
import gzip
import json
import pstats
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from nlp_service.domain import Review
from nlp_service.reviews.loading import SHIPPED, load_reader
from nlp_service.reviews.reading import PhraseReader
from nlp_service.reviews.scorer import ReviewScorer

_MODEL_DIR = Path(__file__).parents[1] / "models" / SHIPPED
_SEED, _WARM_UP, _ROWS = 7, 50, 24
Work = Callable[[Sequence[Review]], object]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one table of speeds and, where asked, one of functions by their own time."""
    options = _options(arguments)
    warm_up, reviews = _sample(options.file, options.reviews)
    scorer = ReviewScorer.load(options.model)
    works: dict[str, Work] = {
        "phrases": PhraseReader.load(options.model).read,
        "reader": load_reader(options.model).read,
        "scorer, alone": lambda some: [scorer.score(review) for review in some],
        "scorer, as a batch": scorer.score_batch,
    }
    table = Table("", "reviews per CPU second", "ms CPU a review", title=f"{len(reviews)} reviews")
    console = Console(width=100)
    for name, work in works.items():
        work(warm_up)
        seconds = _cpu_s(work, reviews)
        speed = len(reviews) / seconds
        table.add_row(name, f"{speed:,.0f}", f"{1000 * seconds / len(reviews):.2f}")
    console.print(table)
    if options.profile:
        console.print(_profile(works["reader"], reviews))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Reviews per CPU second.")
    parser.add_argument("file", type=Path, help='`{"text": …}` a line, gzip or not')
    parser.add_argument("--reviews", type=int, default=1500)
    parser.add_argument("--model", type=Path, default=_MODEL_DIR)
    parser.add_argument("--profile", action="store_true", help="functions by their own time")
    return parser.parse_args(arguments)


def _sample(path: Path, size: int) -> tuple[list[Review], list[Review]]:
    """Reviews to warm up on, and the sample."""
    raw = path.read_bytes()
    lines = (gzip.decompress(raw) if path.suffix == ".gz" else raw).splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    chosen = random.Random(_SEED).sample(texts, min(size + _WARM_UP, len(texts)))
    reviews = [Review(f"r{number}", text) for number, text in enumerate(chosen)]
    return reviews[:_WARM_UP], reviews[_WARM_UP:]


def _cpu_s(work: Work, reviews: Sequence[Review]) -> float:
    begun = time.process_time()
    work(reviews)
    return time.process_time() - begun


def _profile(work: Work, reviews: Sequence[Review]) -> Table:
    """Functions by own time; cProfile inflates small ones, so read shares only."""
    profiler = cProfile.Profile(time.process_time)
    profiler.runcall(work, reviews)
    stats = pstats.Stats(profiler)
    whole = stats.total_tt  # type: ignore[attr-defined]
    rows = sorted(stats.stats.items(), key=lambda row: -row[1][2])  # type: ignore[attr-defined]
    table = Table("function", "calls", "own share", title="the reader, by function")
    for (file, _, name), (_, calls, own, _, _) in rows[:_ROWS]:
        table.add_row(f"{Path(file).name} {name}", str(calls), f"{own / whole:.1%}")
    return table


if __name__ == "__main__":
    main()
