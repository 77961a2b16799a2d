"""Annotated public reviews find their texts by digest, and say so when they do not."""

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nlp_service.cli import app
from nlp_service.errors import ClientError, StorageError
from nlp_service.training.public_annotations import PUBLIC, digest_of, read_public_annotations

TEXT = "包装压坏了,\n味道还行"
LABELS = {
    "id": "q01-0001",
    "author": "q01",
    "source": "reviews_made_up",
    "digest": digest_of(TEXT),
    "sentiment": "neutral",
    "severity": "minor",
    "hazard": None,
    "aspects": [{"aspect": "packaging", "polarity": "negative", "span": [0, 5]}],
    "claims": [{"severity": "minor", "span": [0, 5]}],
    "kind": ["mixed"],
}


@pytest.fixture
def annotated(tmp_path: Path) -> Path:
    (tmp_path / "q01.jsonl").write_text(json.dumps(LABELS) + "\n", encoding="utf-8")
    return tmp_path


def publish(directory: Path, *texts: str) -> None:
    with gzip.open(directory / "reviews_made_up.jsonl.gz", "wt", encoding="utf-8") as lines:
        for text in texts:
            lines.write(json.dumps({"text": text, "label": "pos"}) + "\n")


def test_labels_meet_their_text_again(annotated: Path) -> None:
    publish(annotated, "别的评论", TEXT)
    (record,) = read_public_annotations(annotated, annotated)
    assert record.text == TEXT
    ((aspect, polarity, start, end),) = record.aspects
    assert (aspect, polarity, record.text[start:end]) == ("packaging", "negative", "包装压坏了")


def test_a_text_that_was_changed_is_missed_by_number_not_by_content(annotated: Path) -> None:
    publish(annotated, TEXT + "!")
    with pytest.raises(StorageError, match="lacks 1 of 1") as raised:
        read_public_annotations(annotated, annotated)
    assert "包装" not in str(raised.value)


def test_a_missing_data_file_is_named(annotated: Path) -> None:
    with pytest.raises(ClientError, match="reviews_made_up"):
        read_public_annotations(annotated, annotated)


def test_the_second_annotation_of_public_reviews_is_compared(annotated: Path) -> None:
    corpus = annotated / "corpus"
    (corpus / PUBLIC).mkdir(parents=True)
    (annotated / "q01.jsonl").rename(corpus / PUBLIC / "q01.jsonl")
    claims = [{"severity": "hazard:fire", "span": [0, 3]}]
    danger = {"sentiment": "negative", "severity": "hazard", "hazard": "fire", "aspects": []}
    other = LABELS | danger | {"id": "q01-0002", "digest": digest_of("着火了"), "claims": claims}
    with (corpus / PUBLIC / "q01.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(other) + "\n")
    second = "q01-0001\tneutral\tminor\tpackaging- taste_freshness0\n"
    second += "q01-0002\tnegative\thazard:fire\t-\n"
    (corpus / PUBLIC / "second_annotation.tsv").write_text(second, encoding="utf-8")
    publish(annotated, TEXT, "着火了")
    arguments = ["corpus", "check-reviews", "--corpus", str(corpus), "--data", str(annotated)]
    outcome = CliRunner().invoke(app, arguments)
    assert outcome.exit_code == 0, outcome.output
    assert outcome.stdout.splitlines()[-1] == "opinions F1  0.667"


def test_without_annotations_no_data_is_needed(tmp_path: Path) -> None:
    assert read_public_annotations(tmp_path / "none", tmp_path) == []
