"""The sentiment wrapper with the shipped weights, and its windows without any."""

from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp_service.domain import SENTIMENTS, Review, Sentiment
from nlp_service.inference.linear import LinearModel
from nlp_service.reviews.loading import SHIPPED, load_reader
from nlp_service.reviews.sentiment import SentimentModel, length_feature, windows
from nlp_service.text.normalize import normalize

MODEL_DIR = Path(__file__).parents[2] / "models" / SHIPPED


@lru_cache(maxsize=1)
def _shipped() -> SentimentModel:
    return SentimentModel.load(MODEL_DIR)


@pytest.fixture(scope="module")
def model() -> SentimentModel:
    return SentimentModel.load(MODEL_DIR)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "此用户没有填写评价",
        "此用户没有填写评价。",
        "该用户未填写评价内容",
        "系统默认好评",
        "评价方未及时做出评价,系统默认好评!",
        "此用户未填写文字评论",
    ],
)
def test_default_text_is_neutral(model: SentimentModel, text: str) -> None:
    assert model.score(normalize(text).text) == Sentiment("neutral", 0.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("质量很好,很满意,下次还来", "positive"),
        ("物流快,包装好,好评", "positive"),
        ("性价比很高,推荐购买", "positive"),
        ("垃圾,用了一天就坏了", "negative"),
        ("客服态度太差,再也不来了", "negative"),
        ("难吃死了,等了两个小时", "negative"),
        ("一点都不好用,很失望", "negative"),
    ],
)
def test_plain_opinions_are_read(text: str, label: str) -> None:
    (reading,) = load_reader(MODEL_DIR).read([Review("r", text)])
    assert reading.sentiment.label == label


def test_long_reviews_are_read_to_their_end(model: SentimentModel) -> None:
    praise, blame = "房间很干净,服务也很好,很满意。" * 20, "太差了,很失望,垃圾,不推荐。" * 40
    assert model.score(praise).label == "positive"
    assert model.score(praise + blame).label == "negative"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_probs_add_up_to_one(text: str) -> None:
    sentiment = _shipped().score(normalize(text).text)
    probs = (sentiment.positive, sentiment.neutral, sentiment.negative)
    assert sum(probs) == pytest.approx(1.0, abs=1e-5)
    assert min(probs) >= 0
    assert sentiment.label == SENTIMENTS[probs.index(max(probs))]


@given(st.text(alphabet="好坏,。 \n", max_size=2000))
def test_windows_keep_every_character_and_their_size(text: str) -> None:
    pieces = windows(text, 300)
    assert "".join(pieces).strip() == text.strip() or "".join(pieces) == text
    assert all(len(piece) <= 900 for piece in pieces)


def test_length_feature_grows() -> None:
    features = [length_feature("好" * size) for size in (1, 6, 12, 40, 200)]
    assert len(set(features)) == 5


def test_many_texts_are_scored_as_one_by_one(model: SentimentModel) -> None:
    long = "质量不错,物流也快。" * 60
    texts = ["很好", "", "垃圾,坏了", "此用户没有填写评价", long, "一般般吧", "很好"]
    for together, text in zip(model.score_many(texts), texts, strict=True):
        alone = model.score(text)
        assert together.label == alone.label
        assert together.positive == pytest.approx(alone.positive, abs=1e-6)
        assert together.neutral == pytest.approx(alone.neutral, abs=1e-6)
        assert together.positive + together.neutral + together.negative == pytest.approx(1.0)


def test_scores_are_those_of_the_model_with_its_length_feature(model: SentimentModel) -> None:
    linear = LinearModel.load(MODEL_DIR / "linear.npz")
    for text in ("好", "物流太慢", "东西收到了,还没有用", "用了一周就坏了,客服也不理人,非常失望"):
        probs = linear.predict(text, (length_feature(text),)).probs
        neutral = float(probs[linear.index["neutral"]])
        positive = (1 - neutral) * float(probs[linear.index["positive"]])
        assert model.score(text).neutral == pytest.approx(neutral, abs=1e-5)
        assert model.score(text).positive == pytest.approx(positive, abs=1e-5)
