"""Training the chat models on a tiny corpus: splits by author, files, repeatability."""

import json
from pathlib import Path

import pytest

from nlp_service.chat.checker import ChatChecker
from nlp_service.chat.reader import TurnReader
from nlp_service.domain import Action, Message
from nlp_service.errors import StorageError
from nlp_service.policy.loader import load_policy
from nlp_service.training.agreement import disagreements, family_kappas
from nlp_service.training.authoring import build
from nlp_service.training.chat import train
from nlp_service.training.chat_corpus import read_corpus, units_of, without_copies
from nlp_service.training.chat_report import expected_calibration_error

ASKS = ["您一个月挣多少", "月薪大概多少呀", "年收入方便说吗", "工资高不高呀", "收入怎么样"]
FINE = ["包裹明天就到", "已经给您发货", "尺码偏小一码", "支持七天无理由", "这边帮您查一下"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    drafts = []
    for author, tail in (("x1", ""), ("x2", "呢"), ("x3", "哈")):
        lines = [
            f"> 亲{number},[asks:income|{ask}{tail}]\n= privacy.personal | purpose:curious"
            for number, ask in enumerate(ASKS)
        ]
        lines += [f"> {fine}{tail}{number}\n= allow" for number, fine in enumerate(FINE)]
        lines += [f"B{{refuse:pitch}}: 不用了{n}\n> 好的{n}\n= allow" for n in range(5)]
        draft = folder / f"{author}.txt"
        draft.write_text("\n".join(lines), encoding="utf-8")
        drafts.append(draft)
    build(drafts, folder)
    return folder


def test_every_author_is_judged_by_a_model_that_never_saw_it(corpus: Path, tmp_path: Path) -> None:
    said: list[str] = []
    scores = train(corpus, tmp_path / "m", data_dir=None, seed=1, progress=said.append)
    assert scores.messages == 45
    assert [line for line in said if line.startswith("held out")] == [
        "held out: x1",
        "held out: x2",
        "held out: x3",
    ]
    assert scores.labels["privacy.personal"].tp >= 12
    assert scores.false_alarms <= 2


def test_training_again_with_the_same_seed_gives_the_same_files(
    corpus: Path, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        train(corpus, tmp_path / name, data_dir=None, seed=3, progress=lambda _: None)
    for file in ("artifact.json", "metrics.json", "card.md"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    metrics = json.loads((tmp_path / "one" / "metrics.json").read_text("utf-8"))
    assert metrics["labels"]["privacy.personal"]["support"] == 15


def test_trained_model_is_loaded_and_marks_the_asking_clause(corpus: Path, tmp_path: Path) -> None:
    train(corpus, tmp_path / "m", data_dir=None, seed=1, progress=lambda _: None)
    checker = ChatChecker(TurnReader.load(tmp_path / "m"), load_policy())
    raw = "已经给您发货,您一个月挣多少"
    verdict = checker.check(Message("m", raw))
    assert verdict.action == Action.WARN
    (start, end) = verdict.labels[0].spans[0]
    assert "挣多少" in raw[start:end]
    assert "发货" not in raw[start:end]


def test_units_carry_the_facts_said_in_them(corpus: Path) -> None:
    record = next(r for r in read_corpus(corpus) if r.facts)
    units = list(units_of(0, record))
    assert units[0].facts == {"asks:income"}
    assert all(unit.message == 0 for unit in units)


def test_what_is_tested_is_not_trained(corpus: Path) -> None:
    records = read_corpus(corpus)
    kept = without_copies(records, ["包裹明天就到0"])
    assert {r.text for r in records} - {r.text for r in kept} == {"包裹明天就到0", "包裹明天就到呢0", "包裹明天就到哈0"}  # noqa: E501  # fmt: skip


def test_author_and_policy_are_compared_over_the_authors_own_facts(tmp_path: Path) -> None:
    draft = tmp_path / "y.txt"
    draft.write_text("> [asks:income|月薪多少]\n= allow\n> 好的\n= allow\n", encoding="utf-8")
    build([draft], tmp_path)
    found = list(disagreements(read_corpus(tmp_path), load_policy()))
    assert [(d.author, d.policy) for d in found] == [((), ("privacy.personal:warn",))]


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


def test_calibration_error_is_the_gap_between_stated_and_observed() -> None:
    assert expected_calibration_error([(0.95, True)] * 19 + [(0.95, False)]) == pytest.approx(0.0)
    assert expected_calibration_error([(0.9, False)] * 10) == pytest.approx(0.9)
    assert expected_calibration_error([]) is None
