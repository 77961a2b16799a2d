"""Chat check: CPU per message, where it goes, and what a user would pick instead, in one run.

    python -m benchmarks.chat                 # corpus of this repository
    python -m benchmarks.chat MESSAGES.jsonl  # `{"text": …}` a line, for example real agent turns

Peers: a keyword filter (Aho-Corasick over the words people usually list) and the same kind of
character n-gram model called through scikit-learn, one message a call.
"""

import cProfile
import json
import pstats
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from nlp_service.chat.checker import ChatChecker
from nlp_service.domain import Action, Message
from nlp_service.policy.loader import load_policy
from nlp_service.training.keyword_filter import KeywordFilter

ROOT = Path(__file__).parents[1]
_MESSAGES = 2000
_ROOMS = (
    "normalize",
    "recognize",
    "model_text",
    "units",
    "ngram_keys_of_units",
    "logits_of_units",
    "judge",
    "suggest",
)


def main(arguments: Sequence[str]) -> int:
    """Print one table of CPU time and one of where the check spends it."""
    texts = _texts(Path(arguments[0]) if arguments else None)
    checker = ChatChecker.load(ROOT / "models", load_policy())
    peers: dict[str, Callable[[str], bool]] = {
        "chat check": lambda text: checker.check(Message("m", text)).action != Action.ALLOW,
        "keyword filter": KeywordFilter(load_policy()).fires,
        "n-grams through scikit-learn": _scikit_learn(texts),
    }
    table = Table("", "µs CPU a message", "ratio", "not allow", title=f"{len(texts)} messages")
    measured = {name: _cpu(check, texts) for name, check in peers.items()}
    base = measured["chat check"][0]
    for name, (micros, fired) in measured.items():
        table.add_row(name, f"{micros:.0f}", f"{micros / base:.2f}", f"{fired / len(texts):.3%}")
    console = Console(width=80)
    console.print(table)
    # A fresh checker: the first has its memo full of these very texts.
    console.print(_profile(ChatChecker.load(ROOT / "models", load_policy()), texts))
    return 0


def _texts(path: Path | None) -> list[str]:
    paths = [path] if path else sorted((ROOT / "corpora" / "chat").glob("*.jsonl"))
    lines = [line for source in paths for line in source.read_text("utf-8").splitlines()]
    step = max(len(lines) // _MESSAGES, 1)
    return [json.loads(line)["text"] for line in lines[::step]]


def _cpu(check: Callable[[str], bool], texts: Sequence[str]) -> tuple[float, int]:
    """Microseconds of CPU a message, and how many fired; the first ten only warm up."""
    for text in texts[:10]:
        check(text)
    started = time.process_time()
    fired = sum(check(text) for text in texts)
    return (time.process_time() - started) / len(texts) * 1e6, fired


def _scikit_learn(texts: Sequence[str]) -> Callable[[str], bool]:
    """Speed only: fitted on an arbitrary target, so what fires means nothing."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3)), LogisticRegression()
    )
    model.fit(texts, [len(text) % 2 for text in texts])
    return lambda text: bool(model.predict_proba([text])[0, 1] > 0.5)


def _profile(checker: ChatChecker, texts: Sequence[str]) -> Table:
    """Share of the time by room; cProfile inflates small functions, so read shares only."""
    profiler = cProfile.Profile()
    profiler.enable()
    for text in texts:
        checker.check(Message("m", text))
    profiler.disable()
    stats = pstats.Stats(profiler)
    whole = stats.total_tt  # type: ignore[attr-defined]
    table = Table("room", "share of the check", title="where the time goes")
    for (_, _, name), figures in stats.stats.items():  # type: ignore[attr-defined]
        if name in _ROOMS and figures[3] / whole > 0.01:
            table.add_row(name, f"{figures[3] / whole:.0%}")
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
