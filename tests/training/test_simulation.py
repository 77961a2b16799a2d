"""What a simulated world promises: reproducible, valid, consistent in time, honestly split."""

from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from nlp_service.contract.parsing import validate
from nlp_service.contract.requests import ReviewRequest
from nlp_service.errors import ClientError
from nlp_service.training.simulation import files, settings, society
from nlp_service.training.simulation.files import write_world
from nlp_service.training.simulation.grammar import count_wordings, expand
from nlp_service.training.simulation.settings import Settings
from nlp_service.training.simulation.trades_home import TRADES
from nlp_service.training.simulation.writer import fill_slots, say_span
from tests.training.simulated import Record, world

SPLITS = settings.SPLITS
KINDS = {
    "order_placed", "order_paid", "order_cancelled", "order_delivered", "refund_requested",
    "refund_completed", "refund_rejected", "address_changed", "coupon_used", "review_posted",
    "review_confirmed_malicious", "review_confirmed_genuine", "complaint_upheld",
    "complaint_dismissed", "appeal_upheld",
}  # fmt: skip


def _at(value: str) -> datetime:
    return datetime.fromisoformat(value)


def test_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_world(tmp_path / name, Settings(seed=seed, reviews=200, prevalence=0.02))
    for file in ("reviews.jsonl", "events.jsonl", "truth.jsonl", "world.json"):
        first, again, other = ((tmp_path / x / file).read_bytes() for x in "abc")
        assert first == again
        assert first != other


@pytest.mark.parametrize("split", SPLITS)
def test_every_review_is_a_valid_body_of_the_contract(split: settings.Split) -> None:
    made = world(split)
    for body in made.reviews:
        assert validate(ReviewRequest, body).to_review().text.strip()
    assert [r["id"] for r in made.reviews] == [t["id"] for t in made.truth]
    assert len({r["id"] for r in made.reviews}) == len(made.reviews) == 2_000


@pytest.mark.parametrize("split", SPLITS)
def test_times_of_an_order_run_forward_and_nothing_is_known_early(split: settings.Split) -> None:
    posted = [_at(r["posted_at"]) for r in world(split).reviews]
    assert posted == sorted(posted)
    for review in world(split).reviews:
        order = review.get("order")
        if order is None:
            continue
        steps = [order["ordered_at"], order["shipped_at"], order["delivered_at"]]
        times = [_at(step) for step in steps if step] + [_at(review["posted_at"])]
        assert times == sorted(times)
        asked = order["refund"]["requested_at"]
        assert asked is None or _at(order["ordered_at"]) < _at(asked) <= _at(review["posted_at"])
        assert (order["refund"]["status"] == "none") == (asked is None)


@pytest.mark.parametrize("split", SPLITS)
def test_a_follow_up_names_an_earlier_review_of_the_same_buyer_and_order(
    split: settings.Split,
) -> None:
    by_id = {r["id"]: r for r in world(split).reviews}
    follows = [r for r in by_id.values() if r["append_of"] in by_id]
    assert follows
    for follow in follows:
        first = by_id[follow["append_of"]]
        assert _at(first["posted_at"]) <= _at(follow["posted_at"])
        assert (first["buyer_id"], first["item_id"]) == (follow["buyer_id"], follow["item_id"])


def _times(events: list[Record], kind: str) -> dict[str, list[datetime]]:
    kept: dict[str, list[datetime]] = defaultdict(list)
    for event in events:
        if event["kind"] == kind:
            kept[event["buyer_id"]].append(_at(event["at"]))
    return kept


def test_history_counts_are_those_of_the_events_before_the_review() -> None:
    made = world("tune")
    cancelled = {e["order_id"] for e in made.events if e["kind"] == "order_cancelled"}
    kept = [e for e in made.events if e.get("order_id") not in cancelled]
    bad = [e for e in kept if e["data"].get("rating", 5) <= 2]
    counted = {
        "reviews": _times(kept, "review_posted"),
        "bad_reviews": _times(bad, "review_posted"),
        "orders": _times(kept, "order_placed"),
        "refunds": _times(kept, "refund_completed"),
    }
    for review in (r for r in made.reviews if "history" in r):
        now = _at(review["posted_at"])
        since = now - timedelta(days=review["history"]["window_days"])
        for name, times in counted.items():
            own = times[review["buyer_id"]]
            assert bisect_left(own, now) - bisect_left(own, since) == review["history"][name]


@pytest.mark.parametrize("split", SPLITS)
def test_events_are_sorted_known_kinds_and_cover_every_review(split: settings.Split) -> None:
    made = world(split)
    times = [_at(event["at"]) for event in made.events]
    assert times == sorted(times)
    assert {event["kind"] for event in made.events} <= KINDS
    assert len({event["event_id"] for event in made.events}) == len(made.events)
    posted = {(e["buyer_id"], e["at"]) for e in made.events if e["kind"] == "review_posted"}
    assert all((r["buyer_id"], r["posted_at"]) in posted for r in made.reviews)


def test_events_of_an_order_never_precede_its_placing() -> None:
    placed: dict[str, datetime] = {}
    for event in world("held_out").events:
        if event["kind"] == "order_placed":
            placed[event["order_id"]] = _at(event["at"])
        elif "order_id" in event:
            assert placed[event["order_id"]] <= _at(event["at"])


def test_tune_knows_nothing_of_what_is_held_out() -> None:
    unseen = set(settings.HELD_OUT_FAMILIES + settings.HELD_OUT_POPULATIONS)
    unseen |= set(settings.HELD_OUT_CIRCUMSTANCES)
    tune = {str(t[key]) for t in world("tune").truth for key in ("family", "population")}
    held = {str(t[key]) for t in world("held_out").truth for key in ("family", "population")}
    assert tune.isdisjoint(unseen)
    assert set(settings.HELD_OUT_FAMILIES) <= held
    assert {"clothing_returners", "movers", "dorm_mates", "angry_only"} <= held


@pytest.mark.parametrize(("split", "prevalence"), [("tune", 0.05), ("held_out", 0.01)])
def test_prevalence_is_what_was_asked_for(split: settings.Split, prevalence: float) -> None:
    made = world(split, reviews=400, prevalence=prevalence)
    guilty = [t for t in made.truth if t["is_malicious"]]
    assert len(guilty) == round(400 * prevalence) == made.about["counts"]["malicious"]
    assert Counter(t["family"] for t in guilty) == made.about["families"]
    assert all((t["family"] is not None) == t["is_malicious"] for t in made.truth)


def test_a_world_without_attacks_is_possible() -> None:
    made = world("held_out", reviews=200, prevalence=0.0)
    assert not any(t["is_malicious"] for t in made.truth)


def test_buyers_and_order_ids_are_shared_by_no_two_people() -> None:
    owner: dict[str, str] = {}
    for event in world("held_out").events:
        if "order_id" in event:
            assert owner.setdefault(event["order_id"], event["buyer_id"]) == event["buyer_id"]


def test_a_failing_run_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_write_events", broken)
    with pytest.raises(OSError, match="No space"):
        write_world(tmp_path / "w", Settings(seed=1, reviews=200))
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ClientError, match="exists already"):
        write_world(tmp_path, Settings(seed=1, reviews=200))


@pytest.mark.parametrize(
    "wrong", [{"reviews": 10}, {"prevalence": 0.5}, {"prevalence": -0.1}, {"split": "test"}]
)
def test_unusable_settings_are_refused(wrong: Record) -> None:
    with pytest.raises(ClientError):
        Settings(**{"seed": 1, **wrong})


def test_progress_is_told_up_to_the_wanted_number() -> None:
    told: list[int] = []
    society.simulate(Settings(seed=3, reviews=200), told.append)
    assert told == sorted(told)
    assert told[-1] == 200


def test_every_clause_expands_without_leftovers() -> None:
    rng = Random(1)
    for trade in TRADES:
        slots = fill_slots(trade, trade.nouns[0], 49.9, rng)
        clauses = [clause for _, clause in trade.flaws + trade.hazards]
        for clause in [*clauses, *trade.praise, *trade.details]:
            words = expand(clause, slots, rng)
            assert words
            assert not set("<>[]/") & set(words), clause


def test_the_grammar_has_many_wordings() -> None:
    assert count_wordings("[用了/才用]<used>就[坏了/不行了/]") == 6
    assert all(sum(count_wordings(c) for _, c in trade.flaws) >= 30 for trade in TRADES)
    texts = [r["text"] for r in world("tune").reviews if len(r["text"]) > 12]
    assert len(set(texts)) > 0.8 * len(texts)


@pytest.mark.parametrize(
    ("days", "said"),
    [(0.2, "半天"), (3.1, "三天"), (7, "一个星期"), (15, "半个月"), (61, "两个月")],
)
def test_spans_are_said_as_buyers_say_them(days: float, said: str) -> None:
    assert say_span(days) == said
