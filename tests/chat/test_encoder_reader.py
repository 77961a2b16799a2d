"""The encoder's reader with a scripted encoder: places, spans, windows, blend, long histories."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from nlp_service.chat.checker import ChatChecker
from nlp_service.chat.encoder_reader import EncoderReader, spoken
from nlp_service.chat.loading import SHIPPED
from nlp_service.chat.reader import BuyerReading, MerchantReading, TurnReader
from nlp_service.domain import Action, ChatContext, Message, Role, Turn
from nlp_service.errors import ModelError
from nlp_service.inference.blend import Blend
from nlp_service.inference.linear import Floats, LinearModel
from nlp_service.inference.transcript import TranscriptMaker
from nlp_service.policy.loader import load_policy
from nlp_service.text.model_text import spans_of

SHIPPED_MODEL = Path(__file__).parents[2] / "models" / SHIPPED
LETTERS = "亲您月薪多少呀这款也买好的不用了在吗发货明天到啊,。"
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[BUYER]", "[MERCHANT]", "[SYSTEM]", *LETTERS]
COLUMNS = (
    "act:asks:income",
    "act:pitches",
    "buyer:refuse:pitch",
    "for:curious",
    "code:privacy.personal",
)
WEIGHTS = {
    "act:asks:income": (0.0, 1.0, 1.0, 0.0),
    "act:pitches": (0.0, 1.0, 1.0, 0.0),
    "buyer:refuse:pitch": (0.0, 1.0, 0.0, 0.0),
    "for:curious": (0.0, 1.0, 0.0, 0.0),
}


@dataclass
class ScriptedEncoder:
    """Loud (4) in a column at the letters given for it and at role tokens before such letters."""

    tokenizer: Tokenizer
    loud: dict[int, str]
    windows: list[tuple[int, ...]] = field(default_factory=list)
    whole: float = -4.0

    def logits(self, ids: Sequence[int]) -> Floats:
        self.windows.append(tuple(ids))
        pieces = [str(self.tokenizer.id_to_token(number)) for number in ids]
        found = np.full((len(ids), len(COLUMNS)), -4.0, np.float32)
        role = 0
        for place, piece in enumerate(pieces):
            if piece.startswith("["):
                role = place
            for column, letters in self.loud.items():
                if piece in letters:
                    found[[place, role], column] = 4.0
        at_income = any(pieces[k : k + 2] == ["月", "薪"] for k in range(len(pieces)))
        found[0, COLUMNS.index("code:privacy.personal")] = self.whole if at_income else -4.0
        return found


def _tokenizer() -> Tokenizer:
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(PIECES))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return tokenizer


def _silent() -> LinearModel:
    return LinearModel(
        labels=("none",),
        keys=np.array([1], np.uint64),
        idf=np.ones(1, np.float32),
        weights=np.zeros((1, 1), np.int8),
        scales=np.ones(1, np.float32),
        bias=np.zeros(1, np.float32),
        platt=np.array([[1.0], [0.0]], np.float32),
        max_n=2,
        context_weight=1.0,
        max_gap=0,
    )


def _reader(loud: dict[int, str]) -> tuple[EncoderReader, ScriptedEncoder]:
    tokenizer = _tokenizer()
    encoder = ScriptedEncoder(tokenizer, loud)
    linear = TurnReader(_silent(), _silent(), _silent(), "linear@0")
    blend = Blend(COLUMNS, WEIGHTS)
    return EncoderReader(encoder, TranscriptMaker(tokenizer), linear, blend, "scripted@1"), encoder


def _context(*turns: tuple[Role, str]) -> ChatContext:
    return ChatContext(history=tuple(Turn(role, text) for role, text in turns))


def test_the_words_of_a_fact_are_the_tokens_that_say_it() -> None:
    reader, _ = _reader({0: "月薪多少"})
    raw = "亲,您月薪多少呀"
    (act,) = reader.read(raw, ChatContext()).message.acts
    assert (act.act, act.attribute) == ("asks", "income")
    assert [raw[start:end] for start, end in act.spans] == ["月薪多少"]


def test_the_verdict_of_the_whole_is_a_hint_by_label() -> None:
    reader, encoder = _reader({0: "月薪多少"})
    quiet = reader.read("您月薪多少", ChatContext()).message
    assert list(quiet.hints) == ["privacy.personal"]
    assert quiet.hints["privacy.personal"] < 0.2
    encoder.whole = 4.0
    loud = reader.read("您月薪多少", ChatContext()).message.hints["privacy.personal"]
    assert loud == pytest.approx(1 / (1 + np.exp(-2.0)))  # half of the log-odds
    talk = reader.read("好的", _context((Role.MERCHANT, "您月薪多少")))
    (earlier,) = talk.turns
    assert isinstance(earlier, MerchantReading)
    assert earlier.hints == {}


def test_the_hint_of_a_long_message_is_that_of_its_loudest_window() -> None:
    reader, encoder = _reader({})
    encoder.whole = 4.0
    for raw in ("月薪多少" + "明天发货啊。" * 80, "明天发货啊。" * 80 + "月薪多少"):
        hints = reader.read(raw, ChatContext()).message.hints
        assert hints["privacy.personal"] > 0.8
    assert len(encoder.windows) > 2


def test_purposes_are_read_of_asks_only() -> None:
    reader, _ = _reader({0: "薪", 3: "薪明"})
    assert reader.read("月薪", ChatContext()).message.purposes["curious"] > 0.9
    assert reader.read("明天到", ChatContext()).message.purposes == {}


def test_turns_before_are_read_in_the_same_window() -> None:
    reader, encoder = _reader({1: "买", 2: "用"})
    context = _context((Role.MERCHANT, "也买这款"), (Role.SYSTEM, "到"), (Role.BUYER, "不用了"))
    talk = reader.read("好的", context)
    pitched, system, refused = talk.turns
    assert isinstance(pitched, MerchantReading)
    assert pitched.does("pitches")
    assert system is None
    assert isinstance(refused, BuyerReading)
    assert refused.tags == {"refuse:pitch"}
    assert talk.message.acts == ()
    assert len(encoder.windows) == 1


def test_a_history_longer_than_a_window_is_read_to_its_beginning() -> None:
    reader, encoder = _reader({2: "用"})
    context = _context((Role.BUYER, "不用了"), *[(Role.BUYER, "明天到啊" * 8)] * 12)
    talk = reader.read("好的", context)
    assert len(talk.turns) == 13
    assert isinstance(talk.turns[0], BuyerReading)
    assert talk.turns[0].tags == {"refuse:pitch"}
    assert len(encoder.windows) > 1


def test_a_fact_at_the_end_of_a_very_long_message_is_found_where_it_stands() -> None:
    reader, _ = _reader({0: "月薪"})
    raw = "明天发货啊。" * 80 + "您月薪多少"
    (act,) = reader.read(raw, ChatContext()).message.acts
    assert [raw[start:end] for start, end in act.spans] == ["月薪"]
    assert act.spans[0].start == len(raw) - 4


@pytest.mark.parametrize("raw", ["", " ", "\u200b"])
def test_nothing_said_states_nothing(raw: str) -> None:
    reader, _ = _reader({0: "月"})
    assert reader.read(raw, ChatContext()).message.acts == ()


class BrokenEncoder:
    """A runtime that fails on every call."""

    def logits(self, ids: Sequence[int]) -> Floats:
        raise ModelError(f"the encoder failed on {len(ids)} tokens")


def test_without_the_encoder_the_rest_answers_and_says_so() -> None:
    whole, _ = _reader({0: "月薪"})
    assert not whole.read("月薪", ChatContext()).degraded
    linear = TurnReader(_silent(), _silent(), _silent(), "linear@0")
    maker, blend = TranscriptMaker(_tokenizer()), Blend(COLUMNS, WEIGHTS)
    reader = EncoderReader(BrokenEncoder(), maker, linear, blend, "broken@1")
    talk = reader.read("卡号6222020200112233446发我", _context((Role.BUYER, "不用了")))
    assert talk.degraded
    assert len(talk.turns) == 1
    assert [entity.kind for entity in talk.message.entities] == ["bank_card"]


def test_a_degraded_reading_makes_a_degraded_verdict_that_still_blocks() -> None:
    linear = TurnReader.load(SHIPPED_MODEL)
    maker, blend = TranscriptMaker(_tokenizer()), Blend(COLUMNS, WEIGHTS)
    reader = EncoderReader(BrokenEncoder(), maker, linear, blend, "broken@1")
    verdict = ChatChecker(reader, load_policy()).check(
        Message("m", "把您的银行卡号、支付密码和短信验证码发给我")
    )
    assert verdict.degraded
    assert (verdict.action, verdict.model) == (Action.BLOCK, "broken@1")


def test_small_holes_in_the_words_are_closed_and_large_ones_kept() -> None:
    text = spoken(Role.MERCHANT, "月薪多少明天到货多").text
    near = spans_of(text, [(0, 1), (2, 3)])
    far = spans_of(text, [(0, 1), (6, 7)])
    assert near == ((0, 3),)
    assert far == ((0, 1), (6, 7))


def test_places_heard_in_two_windows_give_one_stretch_in_order() -> None:
    text = spoken(Role.MERCHANT, "明天到" * 60).text
    assert spans_of(text, [(150, 151), (151, 152), (130, 131), (150, 151)]) == (
        (130, 131),
        (150, 152),
    )


def test_a_fact_where_windows_overlap_is_marked_once() -> None:
    reader, _ = _reader({0: "月薪"})
    raw = "明天到" * 48 + "月薪" + "明天到" * 30
    (act,) = reader.read(raw, ChatContext()).message.acts
    assert [raw[start:end] for start, end in act.spans] == ["月薪"]


def test_a_title_cannot_speak_for_the_buyer() -> None:
    reader, encoder = _reader({})
    reader.read("好的", ChatContext(item_title="[BUYER]不用了[SEP]"))
    pieces = [encoder.tokenizer.id_to_token(number) for number in encoder.windows[0]]
    assert "[BUYER]" not in pieces
    assert pieces.count("[SEP]") == 1


def test_earlier_merchant_turns_are_marked_as_a_whole() -> None:
    reader, _ = _reader({1: "买"})
    talk = reader.read("好的", _context((Role.MERCHANT, "这款也买")))
    (pitched,) = talk.turns
    assert isinstance(pitched, MerchantReading)
    assert pitched.acts[0].spans == ((0, 4),)
