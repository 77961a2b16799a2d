"""Trades are told by words alone, and a reader without such a model says nothing of them."""

from pathlib import Path

import pytest

from nlp_service.domain import Review
from nlp_service.errors import ModelError
from nlp_service.reviews.loading import SHIPPED
from nlp_service.reviews.reading import PhraseReader
from nlp_service.reviews.sentiment import SentimentModel
from nlp_service.reviews.trades import TRADES, TradeModel
from nlp_service.training.review_corpus import ReviewRecord
from nlp_service.training.trade_fit import fit_trades

MODEL_DIR = Path(__file__).parents[2] / "models" / SHIPPED
_SAID = {
    "shoes_bags": ("鞋底太硬", "鞋面开胶", "磨脚后跟", "鞋码偏小", "鞋带断了", "肩带开线"),
    "fresh": ("果肉发酸", "烂了几个", "个头太小", "不甜水分少", "果皮发黑", "熟过头了"),
}
_ANY = ("custom", "颜色刻错")


def _records(pairs: list[tuple[str, str]]) -> list[ReviewRecord]:
    return [
        ReviewRecord(
            str(number), "r", text, "negative", "minor", None, (), (), (), {"category": trade}
        )
        for number, (trade, text) in enumerate(pairs)
    ]


@pytest.fixture(scope="module")
def trades(tmp_path_factory: pytest.TempPathFactory) -> Path:
    said = [
        (trade, text + mark)
        for trade, texts in _SAID.items()
        for text in texts
        for mark in ("", "!", "。")
    ]
    unseen = [
        (trade, text + ",失望") for trade, texts in _SAID.items() for text in texts for _ in (0, 1)
    ]
    folder = tmp_path_factory.mktemp("trades")
    fit_trades(_records([*said, *[_ANY] * 9]), [], _records(unseen), 0).save(folder / TRADES)
    return folder


def test_words_tell_the_trade(trades: Path) -> None:
    model = TradeModel.load(trades)
    assert model is not None
    shoes, fruit = model.probs(["鞋底又硬又磨脚", "果肉很酸,烂了"])
    assert shoes["shoes_bags"] > 0.5 > shoes["fresh"]
    assert fruit["fresh"] > 0.5 > fruit["shoes_bags"]
    assert "custom" not in shoes, "what is made to order may be of any trade"
    assert model.probs([]) == []


def test_a_reader_hands_trades_on(trades: Path) -> None:
    reader = PhraseReader(SentimentModel.load(MODEL_DIR), TradeModel.load(trades))
    asked = Review("1", "鞋底太硬,磨脚", category="fresh", rating=1)
    (reading,) = reader.read([asked])
    assert reading.trades["shoes_bags"] > reading.trades["fresh"]


@pytest.mark.parametrize(
    ("category", "rating", "is_asked"),
    [("fresh", 3, True), ("fresh", None, True), ("fresh", 4, False), (None, 1, False)],
)
def test_trades_are_asked_where_a_foreign_one_would_matter(
    trades: Path, category: str | None, rating: int | None, is_asked: bool
) -> None:
    reader = PhraseReader(SentimentModel.load(MODEL_DIR), TradeModel.load(trades))
    (reading,) = reader.read([Review("1", "鞋底太硬", category=category, rating=rating)])
    assert bool(reading.trades) is is_asked


def test_a_reader_without_a_model_of_trades_says_nothing_of_them() -> None:
    review = Review("1", "鞋底太硬", category="fresh", rating=1)
    (silent,) = PhraseReader(SentimentModel.load(MODEL_DIR)).read([review])
    assert silent.trades == {}


def test_a_model_without_trades_has_none_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    assert TradeModel.load(tmp_path) is None
    (tmp_path / TRADES).write_bytes(b"no table")
    with pytest.raises(ModelError):
        TradeModel.load(tmp_path)
