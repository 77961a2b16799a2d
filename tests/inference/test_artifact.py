"""A model directory loads only when it is complete and unaltered."""

import json
from pathlib import Path

import numpy as np
import pytest

from nlp_service.errors import ModelError
from nlp_service.inference.artifact import LINEAR, MANIFEST, load_artifact, write_artifact
from nlp_service.inference.linear import LinearModel
from nlp_service.inference.ngrams import ngram_keys


def _linear() -> LinearModel:
    keys = np.unique(ngram_keys("坏了", 2)[0])
    return LinearModel(
        labels=("bad",),
        keys=keys,
        idf=np.ones(len(keys), np.float32),
        weights=np.full((len(keys), 1), 50, np.int8),
        scales=np.array([0.1], np.float32),
        bias=np.zeros(1, np.float32),
        platt=np.array([[1.0], [0.0]], np.float32),
        max_n=2,
        context_weight=0.5,
    )


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "thresholds.json").write_text("{}", encoding="utf-8")
    write_artifact(
        tmp_path, name="review-sentiment", version=1, linear=_linear(), pinned=["thresholds.json"]
    )
    return tmp_path


def test_written_artifact_loads_and_answers_the_same(directory: Path) -> None:
    artifact = load_artifact(directory)
    assert artifact.label == "review-sentiment@1"
    assert artifact.path == directory
    assert artifact.linear.predict("坏了").probs == pytest.approx(_linear().predict("坏了").probs)


@pytest.mark.parametrize("name", [LINEAR, "thresholds.json"])
def test_altered_file_is_refused(directory: Path, name: str) -> None:
    with (directory / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ModelError, match="altered"):
        load_artifact(directory)


@pytest.mark.parametrize("name", [LINEAR, MANIFEST, "thresholds.json"])
def test_missing_file_is_refused_by_name(directory: Path, name: str) -> None:
    (directory / name).unlink()
    with pytest.raises(ModelError, match=name.split(".")[0]):
        load_artifact(directory)


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"version": "1"},
        {"files": {}},
        {"files": {LINEAR: "0" * 64, "../escape": "0" * 64}},
    ],
)
def test_malformed_manifest_is_refused(directory: Path, change: dict[str, object]) -> None:
    manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    (directory / MANIFEST).write_text(json.dumps({**manifest, **change}), encoding="utf-8")
    with pytest.raises(ModelError):
        load_artifact(directory)


def test_same_model_is_written_byte_for_byte_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_artifact(tmp_path / name, name="m", version=1, linear=_linear())
    first, second = ((tmp_path / name / MANIFEST).read_bytes() for name in ("one", "two"))
    assert first == second
