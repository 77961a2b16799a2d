"""The blend of several models: weights by fact, files, what is missing."""

from pathlib import Path

import numpy as np
import pytest

from nlp_service.chat.reader import ACT, BUYER, PURPOSE
from nlp_service.errors import ModelError
from nlp_service.inference.blend import Blend

COLUMNS = ("act:pitches", "act:presses", "buyer:ack", "for:sizing")
WEIGHTS = {
    "act:pitches": (1.0, 0.5, 0.25, -1.0),
    "act:presses": (0.0, 1.0, 0.0, 0.0),
    "buyer:ack": (2.0, 0.0, 0.0, 0.0),
}
TURN = np.array([2.0, -1.0, 5.0, 0.0], np.float32)
TOKEN = np.array([4.0, 9.0, 9.0, 9.0], np.float32)


def _logistic(x: float) -> float:
    return float(1 / (1 + np.exp(-x)))


def test_a_fact_is_weighed_from_all_that_is_said_of_it() -> None:
    probs = Blend(COLUMNS, WEIGHTS).probs(ACT, {"pitches": 3.0}, TURN, TOKEN)
    assert probs == {
        "pitches": pytest.approx(_logistic(3.0 + 1.0 + 1.0 - 1.0)),
        "presses": pytest.approx(_logistic(-1.0)),
    }


def test_without_tokens_the_turn_stands_for_them() -> None:
    probs = Blend(COLUMNS, WEIGHTS).probs(ACT, {}, TURN)
    assert probs["pitches"] == pytest.approx(_logistic(0.5 * 2 + 0.25 * 2 - 1))


def test_groups_are_kept_apart_and_may_be_empty() -> None:
    blend = Blend(COLUMNS, WEIGHTS)
    assert set(blend.probs(BUYER, {"ack": 1.0}, TURN)) == {"ack"}
    assert blend.probs(PURPOSE, {}, TURN) == {}


def test_a_saved_blend_says_the_same(tmp_path: Path) -> None:
    blend = Blend(COLUMNS, WEIGHTS)
    blend.save(tmp_path / "blend.json")
    again = Blend.load(tmp_path / "blend.json")
    assert again.columns == blend.columns
    assert again.probs(ACT, {"pitches": 1.0}, TURN) == blend.probs(ACT, {"pitches": 1.0}, TURN)


@pytest.mark.parametrize("content", ["", "[]", '{"columns": []}', '{"columns": [], "weights": {"a": [1]}}'])  # noqa: E501  # fmt: skip
def test_a_broken_file_is_a_model_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "blend.json").write_text(content)
    with pytest.raises(ModelError, match=r"blend\.json"):
        Blend.load(tmp_path / "blend.json")
