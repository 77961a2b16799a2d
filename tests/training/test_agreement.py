"""Authors held against the policy and against each other; verdicts left to the policy."""

from dataclasses import replace
from pathlib import Path

import pytest

from nlp_service.errors import StorageError
from nlp_service.policy.loader import load_policy
from nlp_service.training.agreement import disagreements, family_kappas
from nlp_service.training.authoring import build
from nlp_service.training.chat_corpus import read_corpus
from nlp_service.training.chat_split import split


def test_author_and_policy_are_compared_over_the_authors_own_facts(tmp_path: Path) -> None:
    draft = tmp_path / "y.txt"
    draft.write_text("> [asks:income|月薪多少]\n= allow\n> 好的\n= allow\n", encoding="utf-8")
    build([draft], tmp_path)
    found = list(disagreements(read_corpus(tmp_path), load_policy()))
    assert [(d.author, d.policy) for d in found] == [((), ("privacy.personal:warn",))]


def test_a_verdict_left_to_the_policy_is_nobodys_and_measures_nothing(tmp_path: Path) -> None:
    draft = tmp_path / "y.txt"
    draft.write_text("> [asks:income|月薪多少]\n= ?\n", encoding="utf-8")
    build([draft], tmp_path)
    (record,) = read_corpus(tmp_path)
    assert list(disagreements([replace(record, labels=())], load_policy())) == []
    (tmp_path / "split.json").write_text('{"dev": [], "test": ["y"]}')
    with pytest.raises(StorageError, match=r"y-0001, whose verdict is the policy's"):
        split([record], tmp_path)


def test_turns_that_read_alike_keep_their_own_tags(tmp_path: Path) -> None:
    draft = tmp_path / "y.txt"
    draft.write_text(
        "B{ack}: 好的\nM: [pitches|带双鞋垫]?\nB{refuse:pitch}: 好的\n"
        "> [pitches|鞋垫]真不带?\n= ?\n",
        encoding="utf-8",
    )
    build([draft], tmp_path)
    assert [record.labels for record in read_corpus(tmp_path)] == [("upsell.persistent",)]


def test_second_annotation_is_compared_by_family(tmp_path: Path) -> None:
    draft = tmp_path / "z.txt"
    draft.write_text(
        "> 月薪多少\n= privacy.personal\n> 好的\n= allow\n> 加我\n= offsite.diversion\n"
    )
    build([draft], tmp_path)
    second = tmp_path / "second.tsv"
    second.write_text("z-0001\tprivacy.contact\nz-0002\tallow\nz-0003\tallow\n")
    kappas = family_kappas(read_corpus(tmp_path), second)
    assert kappas == {"same": pytest.approx(1 / 3), "privacy": 1.0, "offsite": 0.0}
    second.write_text("z-0009\tallow\n")
    with pytest.raises(StorageError, match="z-0009"):
        family_kappas(read_corpus(tmp_path), second)
