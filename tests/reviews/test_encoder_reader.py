"""The reader of reviews over an encoder that says what a test tells it to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from nlp_service.domain import ASPECTS, HAZARDS, Review, Span
from nlp_service.inference.blend import Blend
from nlp_service.inference.linear import Floats
from nlp_service.inference.transcript import END, ROLE_TOKENS, START, TranscriptMaker
from nlp_service.reviews.acts import ACTS
from nlp_service.reviews.encoder_reader import EncoderReader, Thresholds, witness
from nlp_service.reviews.reading import PhraseReader
from nlp_service.reviews.sentiment import SentimentModel
from tests.reviews.test_sentiment import MODEL_DIR

TEXT = "音质挺好就是戴久耳朵里难受"
COLUMNS = (
    "says:positive",
    "says:neutral",
    *(f"level:{level}" for level in ("minor", "major", "hazard")),
    *(f"hazard:{kind}" for kind in HAZARDS),
    *(f"aspect:{aspect}{sign}" for aspect in ASPECTS for sign in "+-"),
    *(f"act:{act}" for act in ACTS),
    *(f"claim:{level}" for level in ("minor", "major", "hazard")),
)
TURN_ONLY = dict.fromkeys((n for n in COLUMNS if not n.startswith("claim:")), (0.0, 1.0, 0.0, 0.0))
YES, NO = 4.0, -4.0


@dataclass
class SaidSo:
    """States `review` at the review's place and `words` at the tokens of some characters."""

    review: dict[str, float] = field(default_factory=dict)
    words: dict[str, tuple[int, int]] = field(default_factory=dict)
    windows: list[int] = field(default_factory=list)

    def logits(self, ids: Sequence[int]) -> Floats:
        self.windows.append(len(ids))
        found = np.full((len(ids), len(COLUMNS)), NO, np.float32)
        place = list(ids).index(BUYER_ID)
        for name, logit in self.review.items():
            found[place, COLUMNS.index(name)] = logit
        for name, (start, end) in self.words.items():
            found[place + 1 + start : place + 1 + end, COLUMNS.index(name)] = YES
        return found


def _tokenizer() -> Tokenizer:
    pieces = ["[UNK]", START, END, *dict.fromkeys(ROLE_TOKENS.values()), *sorted(set(TEXT))]
    made = Tokenizer(models.WordLevel({p: n for n, p in enumerate(pieces)}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return made


TOKENIZER = _tokenizer()
BUYER_ID = TOKENIZER.get_vocab()["[BUYER]"]


def _reader(encoder: SaidSo, thresholds: Thresholds | None = None) -> EncoderReader:
    return EncoderReader(
        encoder,
        TranscriptMaker(TOKENIZER),
        PhraseReader(SentimentModel.load(MODEL_DIR)),
        Blend(COLUMNS, TURN_ONLY),
        thresholds or Thresholds(0.5, 0.5, 0.5, 0.5),
        "review-sentiment@0",
    )


def test_opinions_danger_and_their_words_come_from_the_encoder() -> None:
    encoder = SaidSo(
        {
            "says:positive": NO,
            "level:minor": YES,
            "level:major": YES,
            "level:hazard": YES,
            "hazard:battery": YES,
            "aspect:function+": YES,
            "aspect:safety-": YES,
        },
        {"aspect:function+": (0, 4), "aspect:safety-": (6, 13), "claim:hazard": (6, 13)},
    )
    (reading,) = _reader(encoder).read([Review("r", TEXT)])
    assert [(o.aspect, o.polarity, o.spans) for o in reading.aspects] == [
        ("function", "positive", (Span(0, 4),)),
        ("safety", "negative", (Span(6, 13),)),
    ]
    assert reading.severity.level == "hazard"
    assert reading.severity.hazard == "battery"
    assert reading.severity.spans == (Span(6, 13),)
    assert reading.sentiment.label == "negative"


def test_acts_come_from_the_encoder_with_their_words() -> None:
    encoder = SaidSo({"act:extorts": YES}, {"act:extorts": (4, 8)})
    (reading,) = _reader(encoder).read([Review("r", TEXT)])
    assert [(act.name, act.spans) for act in reading.acts] == [("extorts", (Span(4, 8),))]
    assert reading.acts[0].score > 0.9


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("五星好评!", []),
        ("给个五星吧~", []),
        ("音质挺好就是", ["extorts"]),
        ("删评50", ["extorts"]),
        ("退200就改好评", ["extorts"]),
    ],
)
def test_too_few_words_hold_no_act_unless_a_sum_stands_there(text: str, acts: list[str]) -> None:
    encoder = SaidSo({"act:extorts": YES}, {"act:extorts": (0, 2)})
    (reading,) = _reader(encoder).read([Review("r", text)])
    assert [act.name for act in reading.acts] == acts


def test_acts_that_were_never_learnt_come_from_the_patterns() -> None:
    weights = {name: row for name, row in TURN_ONLY.items() if not name.startswith("act:")}
    reader = EncoderReader(
        SaidSo(),
        TranscriptMaker(TOKENIZER),
        PhraseReader(SentimentModel.load(MODEL_DIR)),
        Blend(COLUMNS, weights),
        Thresholds(0.5, 0.5, 0.5, 0.5),
        "review-sentiment@0",
    )
    (reading,) = reader.read([Review("r", "加我微信退我200就改好评")])
    assert [act.name for act in reading.acts] == ["extorts", "offsite"]


@pytest.mark.parametrize(
    ("words", "polarities"),
    [
        ({}, ["negative"]),
        ({"aspect:quality-": (0, 4), "aspect:quality+": (2, 6)}, ["negative"]),
        ({"aspect:quality-": (6, 9), "aspect:quality+": (0, 3)}, ["positive", "negative"]),
    ],
)
def test_both_sides_of_an_aspect_need_words_of_their_own(
    words: dict[str, tuple[int, int]], polarities: list[str]
) -> None:
    encoder = SaidSo({"aspect:quality+": 1.0, "aspect:quality-": 2.0}, words)
    (reading,) = _reader(encoder).read([Review("r", TEXT)])
    assert [(o.aspect, o.polarity) for o in reading.aspects] == [
        ("quality", polarity) for polarity in polarities
    ]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((), "none"),
        (("minor",), "minor"),
        (("minor", "major"), "major"),
        (("minor", "major", "hazard"), "hazard"),
    ],
)
def test_the_gravest_sure_level_holds(levels: tuple[str, ...], expected: str) -> None:
    encoder = SaidSo({f"level:{level}": YES for level in levels})
    (reading,) = _reader(encoder).read([Review("r", TEXT)])
    assert reading.severity.level == expected
    assert (reading.severity.hazard is not None) == (expected == "hazard")


def test_a_danger_that_the_phrases_name_counts_whatever_the_encoder_says() -> None:
    (reading,) = _reader(SaidSo()).read([Review("r", "充电宝鼓包了")])
    assert (reading.severity.level, reading.severity.hazard) == ("hazard", "battery")


def test_a_lone_letter_is_widened_to_its_clause() -> None:
    encoder = SaidSo({"aspect:function+": YES}, {"aspect:function+": (2, 3)})
    (reading,) = _reader(encoder).read([Review("r", TEXT[:4] + ",好")])
    assert reading.aspects[0].spans == (Span(0, 4),)


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ({}, "neutral"),
        ({"aspect:quality-": YES}, "negative"),
        ({"aspect:quality+": YES}, "positive"),
        ({"aspect:quality-": YES, "aspect:price_value+": YES}, "neutral"),
    ],
)
def test_sure_opinions_of_one_side_take_a_neutral_review_there(
    said: dict[str, float], label: str
) -> None:
    encoder = SaidSo({"says:neutral": 1.0, **said})
    (reading,) = _reader(encoder).read([Review("r", TEXT)])
    assert reading.sentiment.label == label


def test_thresholds_decide() -> None:
    encoder = SaidSo({"level:minor": 1.0, "aspect:function+": 1.0})
    (reading,) = _reader(encoder, Thresholds(0.9, 0.9, 0.9, 0.9)).read([Review("r", TEXT)])
    assert reading.severity.level == "none"
    assert reading.aspects == ()


def test_default_texts_stay_neutral_whatever_the_encoder_says() -> None:
    encoder = SaidSo({"says:positive": YES, "aspect:quality+": YES})
    (reading,) = _reader(encoder).read([Review("r", "此用户没有填写评价")])
    assert reading.sentiment.label == "neutral"
    assert reading.aspects == ()


def test_a_long_review_is_read_to_its_end_in_windows() -> None:
    encoder = SaidSo({"says:positive": YES})
    (reading,) = _reader(encoder).read([Review("r", TEXT * 40)])
    assert len(encoder.windows) > 1
    assert reading.sentiment.label == "positive"


def test_reviews_read_together_keep_their_order() -> None:
    reader = _reader(SaidSo({"says:positive": YES}))
    texts = [TEXT, "好", TEXT * 3, "", TEXT * 40]
    together = reader.read([Review(str(n), text) for n, text in enumerate(texts)])
    apart = [reader.read([Review(str(n), text)])[0] for n, text in enumerate(texts)]
    assert together == apart


def test_a_witness_speaks_of_all_that_the_phrases_found() -> None:
    reader = PhraseReader(SentimentModel.load(MODEL_DIR))
    (first,) = reader.read([Review("r", "物流太慢了,充电宝电池鼓包")])
    said = witness(first)
    assert said["logistics-"] > 0 > said["logistics+"]
    assert said["hazard"] > 0
    assert said["battery"] > 0 > said["fire"]
    assert said["positive"] < 0
