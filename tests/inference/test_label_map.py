import json
from pathlib import Path

import numpy as np
import pytest

from nlp_service.errors import ModelError
from nlp_service.inference.label_map import LabelMap, find_label_map, read_label_map

KNOWN = frozenset({"presses", "asks:phone", "pitches", "purpose:sizing"})
LABELS = ("正常", "催单", "问手机号")


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.json", '{"问手机号": "asks:phone", "催单": "presses", "正常": null}'),
        ("m.json", '\ufeff{"问手机号":\t"asks:phone", "催单": "presses", "正常": null}'),
        ("m.yaml", "催单: presses\n正常: null\n问手机号: asks:phone\n"),
        ("m.yml", "催单: presses\n正常: ~\n问手机号: 'asks:phone'\n"),
        ("m.yaml", "催单: presses\n正常:\n问手机号: asks:phone\n"),
    ],
)
def test_facts_stand_in_the_order_of_the_labels(tmp_path: Path, name: str, text: str) -> None:
    mapped = read_label_map(written(tmp_path / name, text), LABELS, KNOWN)
    assert mapped.facts == (None, "presses", "asks:phone")
    assert mapped.stated == ("presses", "asks:phone")


def test_yaml_words_that_mean_something_else_stay_labels(tmp_path: Path) -> None:
    path = written(tmp_path / "m.yaml", "no: null\n1: presses\n2026-03-01: pitches\n")
    assert read_label_map(path, ("no", "1", "2026-03-01"), KNOWN).stated == ("presses", "pitches")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"正常": None, "催单": "presses"}, 'lacks "问手机号"; give each label of the checkpoint'),
        (
            {"正常": None, "催单": "presses", "问手机号": None, "骂人": None},
            '"骂人" is no label of the checkpoint; its config.json (id2label) has "正常", "催单"',
        ),
        (
            {"正常": None, "催单": "presses", "问手机号": "ask:phone"},
            "\"问手机号\": 'ask:phone' is no fact; did you mean 'asks:phone'?",
        ),
        (
            {"正常": None, "催单": "嗯", "问手机号": None},
            "the facts are asks:phone, pitches, presses, purpose:sizing",
        ),
        ({"正常": None, "催单": ["presses"], "问手机号": None}, '"催单" needs one fact or null'),
        ({"正常": None, "催单": 1, "问手机号": None}, '"催单" needs one fact or null'),
        ({"正常": None, "催单": None, "问手机号": None}, "has only null; nothing would ever"),
        ([], "the outermost value must be an object"),
    ],
)
def test_wrong_map_names_label_and_remedy(tmp_path: Path, given: object, words: str) -> None:
    path = written(tmp_path / "m.json", json.dumps(given))
    with pytest.raises(ModelError) as caught:
        read_label_map(path, LABELS, KNOWN)
    assert caught.value.detail.startswith("label map m.json")
    assert words in caught.value.detail


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("m.json", '{"催单": null, "催单": "presses"}', '"催单" stands there twice; keep one'),
        ("m.yaml", "催单: null\n催单: presses\n", '"催单" stands there twice; keep one'),
        ("m.yaml", "催单: [presses]\n正常: null\n问手机号: null", '"催单" needs one fact or null'),
        ("m.yaml", "- presses\n", "the outermost value must be a mapping"),
        ("m.yaml", "? [a]\n: b\n", "a label must be one word"),
        ("m.yaml", "催单: [", "is no mapping of labels to facts"),
        ("m.json", "{", "is no mapping of labels to facts"),
    ],
)
def test_broken_map_is_an_error(tmp_path: Path, name: str, text: str, words: str) -> None:
    with pytest.raises(ModelError, match=r"label map m\.") as caught:
        read_label_map(written(tmp_path / name, text), LABELS, KNOWN)
    assert words in caught.value.detail


def test_bytes_that_are_no_utf8_and_missing_files_are_errors(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_bytes("催单: presses".encode("gb18030"))
    with pytest.raises(ModelError, match="in UTF-8"):
        read_label_map(path, LABELS, KNOWN)
    with pytest.raises(ModelError, match="cannot be read: No such file"):
        read_label_map(tmp_path / "none.json", LABELS, KNOWN)


def test_map_in_the_directory_is_found(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"has no label map; put label_map.json or label_map.yaml"):
        find_label_map(tmp_path)
    found = written(tmp_path / "label_map.yaml", "")
    assert find_label_map(tmp_path) == found
    written(tmp_path / "label_map.json", "")
    with pytest.raises(ModelError, match=r"has label_map.json and label_map.yaml; leave one"):
        find_label_map(tmp_path)


def test_labels_of_one_fact_are_folded() -> None:
    mapped = LabelMap(("pitches", None, "presses", "pitches"))
    probs = np.array([[0.5, 0.0, 0.2, 0.3], [0.9, 0.05, 0.0, 0.6]], np.float32)
    assert mapped.stated == ("pitches", "presses")
    assert mapped.fold(probs, exclusive=False).round(3).tolist() == [
        [pytest.approx(0.5), pytest.approx(0.2)],
        [pytest.approx(0.9), 0.0],
    ]
    assert mapped.fold(probs, exclusive=True)[:, 0].tolist() == [pytest.approx(0.8), 1.0]
