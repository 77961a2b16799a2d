"""Kills a writer with SIGKILL at random moments and looks whether an event was lost or doubled.

    python -m tests.storage.killing --moments 50

A writer (this module with --write) adds events one after the other and names each one on stdout
once its transaction is committed. The next writer starts with the last ones again, as a caller
does that got no answer.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from nlp_service.storage.database import migrate, open_database
from nlp_service.storage.events import BuyerEvent
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault

ROOT = Path(__file__).parents[2]
SECRET = b"a secret of the kill test"
AT = datetime(2026, 3, 1, tzinfo=UTC)
BUYER = "b-1"
# How many events a new writer sends again.
AGAIN = 3


def write(url: str, first: int) -> None:
    """Add events for ever; a line on stdout says that one is committed."""
    store = Store(open_database(url), Vault(SECRET))
    number = first
    while True:
        with store.writing() as unit:
            unit.events.add([BuyerEvent(f"e-{number}", BUYER, "order_paid", AT, {"n": number})])
            unit.changes.append(BUYER, {"n": number}, now=AT)
            unit.decisions.append(
                actor="a", kind="test.write", subject_key="ab" * 32, body={}, now=AT
            )
        print(number, flush=True)
        number += 1


def acknowledged(url: str, first: int, words: int, more_s: float) -> set[int]:
    """Run a writer and kill it `more_s` after so many words; the numbers it has acknowledged."""
    command = [sys.executable, "-m", "tests.storage.killing", "--write", url, str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline() for _ in range(words)]
        time.sleep(more_s)
        writer.kill()
        said += writer.stdout.readlines()
    # The kill may cut the last line.
    return {int(line) for line in said if line.endswith("\n")}


def run(folder: Path, *, moments: int, seed: int) -> int:
    """Kill as often as told and check after each time; returns how many events were stored."""
    url = f"sqlite:///{folder / 'kill.db'}"
    engine = open_database(url)
    migrate(engine)
    store = Store(engine, Vault(SECRET))
    chance = random.Random(seed)
    known: set[int] = set()
    for _ in range(moments):
        first = max(0, max(known, default=0) - AGAIN)
        known |= acknowledged(url, first, chance.randint(1, 20), chance.uniform(0, 0.02))
        check(store, known)
    engine.dispose()
    return len(known)


def check(store: Store, known: set[int]) -> None:
    """Every acknowledged event is there once; at most one more, whose answer was cut off."""
    with store.reading() as unit:
        stored = [event.payload["n"] for event in unit.events.of_buyer(BUYER)]
        feed = [change.cursor for change in unit.changes.after(0, 1_000_000)]
        broken = unit.verify()
    assert len(stored) == len(set(stored)), "an event is doubled"
    assert known <= set(stored), "an acknowledged event is lost"
    assert len(set(stored) - known) <= 1, "events that nobody acknowledged"
    assert set(stored) == set(range(len(stored))), "a gap"
    assert feed == list(range(1, len(feed) + 1)), "the feed has a gap"
    assert broken is None, "the decision log is broken"


def main() -> None:
    """Arguments only."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--write", nargs=2, metavar=("URL", "FIRST"))
    options = parser.parse_args()
    if options.write:
        write(options.write[0], int(options.write[1]))
    with tempfile.TemporaryDirectory() as folder:
        stored = run(Path(folder), moments=options.moments, seed=options.seed)
    print(f"{options.moments} kills, {stored} events, none lost, none doubled, seed {options.seed}")


if __name__ == "__main__":
    main()
