"""Policy data of this room: what is shipped is valid, unknown keys are refused."""

from pathlib import Path

import pytest
import yaml

from nlp_service.errors import PolicyError
from nlp_service.reviews.lexicon import SeverityLexicon, parse, shipped
from nlp_service.reviews.policy import (
    SuspicionPolicy,
    default_suspicion_policy,
    load_suspicion_policy,
)
from nlp_service.reviews.rules import Shrinkage


def test_shipped_numbers_load() -> None:
    assert default_suspicion_policy().levels.medium < default_suspicion_policy().levels.high


@pytest.mark.parametrize(
    "change",
    [
        {"surprise": 1},
        {"levels": {"medium": 0.5, "high": 0.8, "extreme": 0.9}},
        {"weights": {"text.unknown": 1.0}},
        {"families": {"text": 1.0}},
        {"no_excuse": {"text.thread": ["counter.images"]}},
        {"no_excuse": {"text.threat": ["counter.image"]}},
        {"no_excuse": {"text.threat": ["text.threat"]}},
        {"no_excuse_minor": {"fact.time": ["counter.images"]}},
        {"habits": {"codes": ["behaviour.bad_rati"], "ceiling": 0.1}},
        {"habits": {"codes": ["behaviour.bad_ratio"], "ceiling": 0.5}},
        {"habits": {"codes": ["behaviour.refund_habit"], "ceiling": 0.1}},
        {"hard_facts": {"fact.tme": 3.0}},
        {"prior": "low"},
    ],
)
def test_unknown_keys_are_refused(change: dict[str, object], tmp_path: Path) -> None:
    content = {**yaml.safe_load(shipped("suspicion.yaml")), **change}
    path = tmp_path / "suspicion.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(PolicyError, match=next(iter(change))):
        load_suspicion_policy(path)


@pytest.mark.parametrize(
    ("section", "low", "high"),
    [
        ("bad_ratio", "from_ratio", "full_ratio"),
        ("balanced", "max_ratio", "none_ratio"),
        ("account", "series_from", "series_full"),
        ("pile_on", "full_chance", "from_chance"),
        ("reworded", "evidence", "full_evidence"),
    ],
)
def test_a_weight_needs_room_to_grow(section: str, low: str, high: str, tmp_path: Path) -> None:
    content = yaml.safe_load(shipped("suspicion.yaml"))
    content[section][low] = content[section][high]
    path = tmp_path / "suspicion.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(PolicyError, match=f"{section}.{low} must be less than {section}.{high}"):
        load_suspicion_policy(path)


def test_broken_pattern_is_refused_by_name() -> None:
    content = yaml.safe_load(shipped("severity.yaml"))
    content["major"]["unusable"].append("(坏了")
    with pytest.raises(PolicyError, match="major"):
        parse(SeverityLexicon, yaml.safe_dump(content, allow_unicode=True), name="severity.yaml")


def test_shrinkage_pulls_few_observations_to_the_prior() -> None:
    rules = Shrinkage(prior_mean=0.1, prior_count=10)
    assert rules.share(1, 1) == pytest.approx(2 / 11)
    assert rules.share(90, 90) == pytest.approx(0.91)


def test_schema_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        default_suspicion_policy().prior = 0.0
    assert SuspicionPolicy.model_config["extra"] == "forbid"
