"""A reader with a fake classifier, then a tiny checkpoint behind the whole check."""

import json
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nlp_service.chat.checker import ChatChecker
from nlp_service.chat.checkpoint_reader import CheckpointReader, known_facts
from nlp_service.chat.encoder_reader import EncoderReader
from nlp_service.chat.loading import SHIPPED, load_reader
from nlp_service.chat.reader import MerchantReading
from nlp_service.domain import Act, Action, ChatContext, Message, Role, Span, Turn
from nlp_service.errors import ModelError
from nlp_service.inference.label_map import LabelMap
from nlp_service.inference.linear import Floats, LinearModel
from nlp_service.policy.loader import load_policy
from tests.chat.reader import ScriptedReader
from tests.inference.tiny_checkpoint import save_tiny

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "models"
FACTS = ("presses", None, "asks:phone", "own", "purpose:callback")
MAP = {"正常": None, "催单": "presses", "问微信": "asks:im_account"}


class FakeClassifier:
    """Probs by words: the largest among the words that stand in the text."""

    exclusive = False

    def __init__(self, words: Mapping[str, tuple[float, ...]]) -> None:
        self.words = words
        self.calls: list[list[str]] = []

    def predict_batch(self, texts: Sequence[str]) -> Floats:
        self.calls.append(list(texts))
        nothing = (0.0,) * len(FACTS)
        rows = [[p for w, p in self.words.items() if w in text] or [nothing] for text in texts]
        return np.array([np.max(row, axis=0) for row in rows], np.float32)


WORDS = {
    "再不拍": (0.75, 0.0, 0.0, 0.0, 0.0),
    "电话": (0.0, 0.0, 0.625, 0.0, 0.25),
    "号码": (0.0, 0.0, 0.625, 0.0, 0.0),
    "138": (0.0, 0.0, 0.0, 0.875, 0.0),
    "也许": (0.125, 0.99, 0.0625, 0.0, 0.0),
}


def reader_of(classifier: FakeClassifier, base: ScriptedReader | None = None) -> CheckpointReader:
    return CheckpointReader(base or ScriptedReader(), classifier, LabelMap(FACTS), "mine@0")


def read(text: str, base: ScriptedReader | None = None) -> MerchantReading:
    return reader_of(FakeClassifier(WORDS), base).read(text, ChatContext()).message


def test_acts_come_from_the_checkpoint_and_stand_in_the_clause_that_says_them() -> None:
    base = ScriptedReader(acts={"亲,您好呀,再不拍就没了,电话给我": ("insults",)})
    found = read("亲,您好呀,再不拍就没了,电话给我", base)
    assert found.acts == (
        Act("presses", None, 0.75, (Span(6, 12),)),
        Act("asks", "phone", 0.625, (Span(13, 17),)),
    )


class Hinting(ScriptedReader):
    """A reader that hints at a verdict."""

    def merchant(self, raw: str, own_numbers: Collection[str] = ()) -> MerchantReading:
        return replace(super().merchant(raw, own_numbers), hints={"upsell.pressure": 0.02})


def test_the_checkpoint_is_not_judged_by_another_readers_hint() -> None:
    assert Hinting().read("再不拍", ChatContext()).message.hints
    assert read("再不拍", Hinting()).hints == {}


def test_spans_point_into_the_raw_text() -> None:
    found = read("您好您好，再\u200b不\u200b拍就没了")
    assert found.acts[0].spans == (Span(5, 13),)


def test_a_weak_fact_is_stated_of_the_whole_message_and_a_weaker_one_not_at_all() -> None:
    classifier = FakeClassifier(WORDS)
    found = reader_of(classifier).read("您好您好,也许可以吧", ChatContext()).message
    assert found.acts == (Act("presses", None, 0.125, (Span(0, 10),)),)
    assert len(classifier.calls) == 1


def test_own_data_take_their_attribute_from_the_entities() -> None:
    assert read("您的电话是13800138000").acts[-1].attribute == "phone"


def test_mapped_purposes_replace_and_others_stay() -> None:
    text = "电话给我"
    base = ScriptedReader(purposes={text: ("callback", "delivery")})
    assert read(text, base).purposes == {"callback": 0.25, "delivery": 0.95}


def test_a_mapped_purpose_that_the_checkpoint_does_not_see_is_not_stated() -> None:
    base = ScriptedReader(purposes={"号码给我": ("callback", "delivery")})
    assert read("号码给我", base).purposes == {"delivery": 0.95}


def test_without_an_ask_there_is_no_purpose() -> None:
    base = ScriptedReader(purposes={"再不拍就没了": ("delivery",)})
    assert read("再不拍就没了", base).purposes == {}


def test_turns_of_the_merchant_are_read_too_and_buyers_are_left_alone() -> None:
    history = (
        Turn(Role.BUYER, "电话给我"),
        Turn(Role.SYSTEM, "电话"),
        Turn(Role.MERCHANT, "电话给我"),
        Turn(Role.BOT, "再不拍就没了"),
    )
    base = ScriptedReader(tags={"电话给我": ("ask:phone",)})
    classifier = FakeClassifier(WORDS)
    talk = reader_of(classifier, base).read("好的", ChatContext(history=history))
    buyer, system, merchant, bot = talk.turns
    assert buyer == base.buyer("电话给我")
    assert system is None
    assert isinstance(merchant, MerchantReading)
    assert isinstance(bot, MerchantReading)
    assert [act.act for act in (*merchant.acts, *bot.acts)] == ["asks", "presses"]


def test_a_text_is_read_once() -> None:
    classifier = FakeClassifier(WORDS)
    reader = reader_of(classifier)
    first = reader.read("您好您好,电话给我", ChatContext())
    assert reader.read("您好您好,电话给我", ChatContext()) == first
    assert classifier.calls == [["您好您好,电话给我"], ["您好您好", "电话给我"]]


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_nothing_is_read_of_a_blank_message(text: str) -> None:
    classifier = FakeClassifier({"": (0.9,) * len(FACTS)})
    assert reader_of(classifier).read(text, ChatContext()).message.acts == ()
    assert classifier.calls == []


def test_every_fact_of_the_shipped_model_and_of_the_policy_may_be_mapped() -> None:
    policy = load_policy()
    known = known_facts(policy)
    assert set(LinearModel.load(MODELS / SHIPPED / "linear.npz").labels) <= known
    assert set(policy.acts) <= known
    assert {f"purpose:{name}" for name in policy.purposes} <= known
    assert {"pitches:unrelated", "conditions", "asks:order_number", "own:phone"} <= known
    assert not {"asks", "asks:nonsense", "insult", "purpose:nonsense"} & known


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    path = save_tiny(tmp_path / "mine")
    write_map(path / "label_map.json", MAP)
    return path


def write_map(path: Path, content: Mapping[str, str | None]) -> Path:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def checker_of(path: Path, labels: Path | None = None) -> ChatChecker:
    policy = load_policy()
    return ChatChecker(load_reader(MODELS, policy, model=path, labels=labels), policy)


def test_a_checkpoint_is_judged_by_the_same_policy(checkpoint: Path) -> None:
    checker = checker_of(checkpoint)
    verdict = checker.check(Message("m", "您好在吗,您的号发我一下"))
    assert [label.code for label in verdict.labels] == ["privacy.contact"]
    assert verdict.labels[0].spans == (Span(5, 12),)
    assert verdict.model.startswith("mine@")
    calm = checker.check(Message("m", "好的,这就查"))
    assert (calm.action, calm.acts) == (Action.ALLOW, ())
    # The shipped acts model would object to this; recognisers and state still speak.
    assert checker.check(Message("m", "身份证发我一下")).acts == ()


def test_the_last_window_of_a_long_message_counts(checkpoint: Path) -> None:
    checker = checker_of(checkpoint)
    calm = "好的,这就查一查。" * 60
    assert checker.check(Message("m", calm)).action == Action.ALLOW
    verdict = checker.check(Message("m", calm + "急"))
    assert [label.code for label in verdict.labels] == ["upsell.pressure"]
    span = verdict.labels[0].spans[0]
    assert (span.end, span.end - span.start < 12) == (len(calm) + 1, True)


def test_refusals_come_from_the_shipped_buyer_model(checkpoint: Path) -> None:
    history = (Turn(Role.BUYER, "不用了,别再推荐了"),)
    found = checker_of(checkpoint).check(Message("m", "急", ChatContext(history=history)))
    assert "upsell.persistent" in {label.code for label in found.labels}


def test_another_map_is_another_model(checkpoint: Path, tmp_path: Path) -> None:
    other = write_map(tmp_path / "other.json", {**MAP, "催单": "insults"})
    first, second = checker_of(checkpoint), checker_of(checkpoint, other)
    message = Message("m", "急")
    assert [act.act for act in second.check(message).acts] == ["insults"]
    assert first.check(message).model != second.check(message).model


def test_map_with_an_unknown_fact_is_refused_before_serving(checkpoint: Path) -> None:
    write_map(checkpoint / "label_map.json", {**MAP, "催单": "press"})
    with pytest.raises(ModelError, match="'press' is no fact; did you mean 'presses'"):
        checker_of(checkpoint)


def test_what_lies_in_the_directory_decides(checkpoint: Path, tmp_path: Path) -> None:
    policy = load_policy()
    for path in (None, MODELS, MODELS / SHIPPED):
        assert isinstance(load_reader(MODELS, policy, model=path), EncoderReader)
    assert isinstance(load_reader(MODELS, policy, model=checkpoint), CheckpointReader)
    # A model of ours holds a config.json too.
    assert (MODELS / SHIPPED / "config.json").is_file()
    with pytest.raises(ModelError, match=r"--model .* is no model: it needs artifact.json"):
        load_reader(MODELS, policy, model=tmp_path)
    with pytest.raises(ModelError, match="--labels goes with --model of a checkpoint only"):
        load_reader(MODELS, policy, labels=checkpoint / "label_map.json")


WITHOUT_A_CHECKPOINT = """
import sys
import nlp_service
from nlp_service.domain import Message
from nlp_service.engines import load_chat
from nlp_service.settings import Settings
load_chat(Settings.from_env({})).check(Message("m", "亲,身份证号发一下"))
print(*({"torch", "transformers"} & sys.modules.keys()))
"""


def test_checking_without_a_checkpoint_imports_no_torch() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_A_CHECKPOINT], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
