"""Policy data of this room: what is shipped is valid, unknown keys are refused."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from nlp_service.errors import PolicyError
from nlp_service.risk.policy import Part, default_risk_policy, load_risk_policy

SHIPPED = (files("nlp_service.risk") / "data" / "risk.yaml").read_text(encoding="utf-8")


def test_shipped_numbers_load() -> None:
    policy = default_risk_policy()
    assert policy.label == "default@1"
    assert policy.min_orders == 8
    assert policy.baseline("apparel").returns == 0.55
    assert policy.baseline(None) == policy.baseline("books") == policy.baselines["other"]


@pytest.mark.parametrize(
    "change",
    [
        {"surprise": 1},
        {"tiers": {"watch": 20, "caution": 15, "high": 70}},
        {"tiers": {"watch": 20, "caution": 45, "high": 70, "worst": 90}},
        {"baselines": {"apparel": {"refund_only": 0.1, "returns": 0.5}}},
        {"baselines": {"other": {"refund_only": 0, "returns": 0}, "hats": {}}},
        {"coupon": {"fade": {"window_days": 0, "half_life_days": 1}, "share": {}}},
        {"min_orders": 0},
    ],
)
def test_wrong_policy_is_refused_by_key(change: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "risk.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(SHIPPED), **change}), encoding="utf-8")
    with pytest.raises(PolicyError, match=f"risk.yaml: {next(iter(change))}"):
        load_risk_policy(path)


def test_strength_rises_between_start_and_full() -> None:
    part = Part(start=2, full=4, points=30, family="count")
    assert [part.strength(excess) for excess in (-1, 2, 3, 4, 9)] == [0, 0, 0.5, 1, 1]


def test_part_must_rise() -> None:
    with pytest.raises(ValueError, match="full must be greater than start"):
        Part(start=4, full=4, points=30, family="count")


def test_no_single_family_reaches_caution_without_a_confirmed_fact() -> None:
    policy = default_risk_policy()
    data = policy.model_dump()
    for code in ("refund_only", "not_received", "returns", "address", "coupon", "bad_reviews"):
        parts = [part for name, part in data[code].items() if name in ("share", "count")]
        assert all(part["points"] < policy.tiers.caution for part in parts), code
