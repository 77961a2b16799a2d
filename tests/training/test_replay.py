"""What each pass goes through again when a training goes on from another model."""

import json
from pathlib import Path

import pytest

from nlp_service.errors import ClientError
from nlp_service.training.encoder_batches import Example
from nlp_service.training.replay import Passes, learnt_voices


def _examples(first: int, last: int) -> list[Example]:
    return [Example((number,), (), 0, ()) for number in range(first, last)]


NEW, KNOWN = _examples(0, 5), _examples(5, 25)


def test_every_pass_holds_all_that_is_new_and_another_share_of_what_is_known() -> None:
    passes = Passes(count=3, replay=0.5, seed=2).over(NEW, KNOWN)
    held = [{example.ids[0] for example in one} for one in passes]
    assert [len(one) for one in passes] == [15, 15, 15]
    assert all(set(range(5)) <= one for one in held)
    assert held[0] | held[1] == set(range(25))
    assert held[0] == held[2]
    assert held[0] != {e.ids[0] for e in Passes(1, 0.5, seed=3).over(NEW, KNOWN)[0]}


@pytest.mark.parametrize(("replay", "size"), [(1.0, 25), (0.0, 5), (0.3, 11)])
def test_the_share_that_is_replayed(replay: float, size: int) -> None:
    first, second = Passes(count=2, replay=replay).over(NEW, KNOWN)
    assert (len(first), len(second)) == (size, size)


def test_voices_learnt_are_read_from_the_metrics(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match=r"metrics\.json does not name .* leave out --replay"):
        learnt_voices(tmp_path)
    (tmp_path / "metrics.json").write_text(json.dumps({"voices": {"train": ["x1"]}}), "utf-8")
    assert learnt_voices(tmp_path) == {"x1"}
