"""How well sentiment carries over to a trade, or a fifth, that was never trained on.

    reviews_os10 without one trade --fit--> linear model, encoder, blend --that trade--> accuracy

Every fold is fitted from the pretrained encoder anew and kept in a file, so that a long run may be
cut short and resumed.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nlp_service.domain import Review
from nlp_service.inference.artifact import Artifact, write_json
from nlp_service.inference.blend import Blend
from nlp_service.inference.encoder import TokenEncoder
from nlp_service.inference.transcript import TranscriptMaker
from nlp_service.reviews.encoder_reader import SAYS, EncoderReader, Thresholds, witness
from nlp_service.reviews.reading import PhraseReader
from nlp_service.reviews.sentiment import SentimentModel
from nlp_service.text.normalize import normalize
from nlp_service.training.encoder_batches import Columns
from nlp_service.training.encoder_export import export_encoder
from nlp_service.training.encoder_fit import FitPlan, fit_encoder
from nlp_service.training.pretrain_tokens import load_tokenizer
from nlp_service.training.public_reviews import PublicReview, read_source, without_doubles
from nlp_service.training.review_blend import sentiment_weights
from nlp_service.training.review_examples import ReviewExampleMaker
from nlp_service.training.sentiment import fit_sentiment

Progress = Callable[[str], None]
SOURCE = "reviews_os10"
_COLUMNS = Columns((SAYS + "positive", SAYS + "neutral"))
_NOTHING = Thresholds(1.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Fold:
    """What is trained on and what is measured; the dev part calibrates."""

    name: str
    fitted: list[PublicReview]
    dev: list[PublicReview]
    tested: list[PublicReview]


def by_trade(data_dir: Path) -> Iterator[Fold]:
    """One fold a trade: the others are trained on."""
    reviews = without_doubles(read_source(data_dir, SOURCE))
    for trade in sorted({review.group for review in reviews}):
        others = [review for review in reviews if review.group != trade]
        yield _fold(trade, others, [review for review in reviews if review.group == trade])


def by_fifth(data_dir: Path, *, seed: int = 0, folds: int = 5) -> Iterator[Fold]:
    """Five folds in domain, doubles together."""
    reviews = without_doubles(read_source(data_dir, SOURCE))
    place = np.random.default_rng(seed).permutation(len(reviews)) % folds
    for number in range(folds):
        others = [review for review, at in zip(reviews, place, strict=True) if at != number]
        tested = [review for review, at in zip(reviews, place, strict=True) if at == number]
        yield _fold(f"fold {number + 1}", others, tested)


def measure(
    fold: Fold, pretrained: Path, work_dir: Path, *, epochs: int, plan: FitPlan
) -> dict[str, Any]:
    """Accuracy of the linear model and of the blend on what the fold holds out."""
    linear, _ = fit_sentiment(fold.fitted, seed=plan.seed)
    phrases = PhraseReader(SentimentModel(Artifact("fold", 0, work_dir, linear)))
    tokenizer = load_tokenizer(pretrained)
    making = ReviewExampleMaker(TranscriptMaker(tokenizer.backend_tokenizer), _COLUMNS)
    examples = [e for r in fold.fitted for e in making.public(r, knows_neutral=False)]
    model = fit_encoder(pretrained, tokenizer, [examples] * epochs, _COLUMNS, plan, progress=_quiet)
    export_encoder(model, tokenizer, work_dir)
    encoder = TokenEncoder.load(work_dir)
    maker = TranscriptMaker(encoder.tokenizer)

    def reader(blend: Blend) -> EncoderReader:
        return EncoderReader(encoder, maker, phrases, blend, _NOTHING, "fold")

    blank = reader(Blend(_COLUMNS.names, {}))
    weights = sentiment_weights(fold.dev, blank, phrases, _COLUMNS)
    blend = Blend(_COLUMNS.names, weights)
    reviews = [Review(review.key, review.text) for review in fold.tested]
    texts = [normalize(review.text) for review in reviews]
    first = [witness(phrases.read_one(r, t)) for r, t in zip(reviews, texts, strict=True)]
    heard = blank.hear(reviews, texts)
    blended = [
        blend.probs(SAYS, said, one.mean)["positive"]
        for said, one in zip(first, heard, strict=True)
    ]
    truth = np.array([review.label == "positive" for review in fold.tested])
    place = _COLUMNS.names.index(SAYS + "positive")
    return {
        "reviews": len(truth),
        "linear": _share(np.array([said["positive"] for said in first]) >= 0, truth),
        "encoder": _share(np.array([one.mean[place] for one in heard]) >= 0, truth),
        "blend": _share(np.array(blended) >= 0.5, truth),
    }


def run(
    folds: Iterator[Fold],
    pretrained: Path,
    out: Path,
    *,
    epochs: int = 1,
    threads: int = 2,
    progress: Progress = print,
) -> dict[str, Any]:
    """Measure every fold that `out` (JSON) does not hold yet; returns all of them."""
    torch.set_num_threads(threads)
    found: dict[str, Any] = json.loads(out.read_text("utf-8")) if out.is_file() else {}
    for fold in folds:
        if fold.name in found:
            continue
        work_dir = out.parent / f"{out.stem}.work"
        found[fold.name] = measure(fold, pretrained, work_dir, epochs=epochs, plan=FitPlan())
        write_json(out, found)
        progress(f"{fold.name}: {found[fold.name]}")
    return found


def _fold(name: str, others: Sequence[PublicReview], tested: list[PublicReview]) -> Fold:
    fitted = [review for review in others if not review.is_dev]
    return Fold(name, fitted, [review for review in others if review.is_dev], tested)


def _share(said: "np.ndarray[Any, np.dtype[np.bool_]]", truth: Any) -> float:
    return round(float((said == truth).mean()), 4)


def _quiet(_: str) -> None:
    """A fold's epochs are not reported."""
