"""Cases of known truth: read with their line, refused with field and line."""

import json
from pathlib import Path

import pytest

from nlp_service.errors import MalformedError, StorageError
from nlp_service.training.suspicion_cases import read_cases, read_world
from tests.training.suspicion_files import HONEST, MALICIOUS, write_cases


def test_cases_keep_truth_group_and_review(tmp_path: Path) -> None:
    cases = read_cases(write_cases(tmp_path, [MALICIOUS, HONEST]))
    assert [(c.id, c.is_malicious, c.group) for c in cases] == [
        ("x-1", True, "extortion"),
        ("x-2", False, "owed"),
    ]
    assert cases[0].review.text == "加我微信退我200就改好评"


def test_what_is_no_review_is_named_by_line_and_field_without_its_text(tmp_path: Path) -> None:
    broken = {**HONEST, "review": {**HONEST["review"], "rating": 9}}
    with pytest.raises(MalformedError, match=r"cases\.jsonl:2: .*rating") as caught:
        read_cases(write_cases(tmp_path, [MALICIOUS, broken]))
    assert "漏发" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"none\.jsonl cannot be read"):
        read_cases(tmp_path / "none.jsonl")


def test_a_simulated_market_is_read_with_populations(tmp_path: Path) -> None:
    facts = {"id": "x-2", "is_malicious": False, "family": None, "population": "movers"}
    (tmp_path / "truth.jsonl").write_text(json.dumps(facts) + "\n", encoding="utf-8")
    line = json.dumps({**HONEST["review"], "id": "x-2"})
    (tmp_path / "reviews.jsonl").write_text(line + "\n", encoding="utf-8")
    (case,) = read_world(tmp_path)
    assert (case.group, case.is_malicious) == ("movers", False)
