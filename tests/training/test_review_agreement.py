"""Agreement of two annotators, counted by hand."""

from pathlib import Path

import pytest

from nlp_service.errors import StorageError
from nlp_service.training.review_agreement import agreement, read_second
from tests.training.review_records import records_of

LINES = """r90-0001\tnegative\thazard:battery\tfunction+ packaging- safety-
r90-0002\tnegative\tminor\tlogistics-
r90-0003\tpositive\tnone\t-
r90-0004\tnegative\tmajor\tfunction-
"""


def test_figures_are_those_counted_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "second.tsv"
    path.write_text(LINES, encoding="utf-8")
    found = agreement(records_of(tmp_path), read_second(path))
    assert found["reviews"] == 4
    assert found["severity"] == found["danger"] == 1.0
    assert found["sentiment"] == pytest.approx((0.75 - 0.5625) / (1 - 0.5625), abs=1e-4)
    assert found["opinions F1"] == pytest.approx(2 * 4 / (5 + 5))


@pytest.mark.parametrize(
    ("line", "problem"),
    [("r90-0001\tnegative\n", "line 1 needs four cells"), ("r1\ta\tb\t-\n", "unknown review: r1")],
)
def test_a_bad_file_is_named(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "second.tsv"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(StorageError, match=problem):
        agreement(records_of(tmp_path), read_second(path))
