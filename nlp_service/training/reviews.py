"""Trains the reader of reviews and measures it on authors and texts that it has never seen.

public reviews + corpora/reviews --> linear sentiment and trades, encoder (models/encoder)
    --dev texts, dev authors--> blend, thresholds
    --held-out texts, test authors, real annotated reviews--> metrics.json, baselines beside
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nlp_service.domain import Review
from nlp_service.errors import ClientError
from nlp_service.inference.artifact import Artifact, load_artifact, write_artifact, write_json
from nlp_service.inference.blend import Blend
from nlp_service.inference.encoder import TokenEncoder
from nlp_service.inference.linear import LinearModel
from nlp_service.inference.transcript import TranscriptMaker
from nlp_service.reviews.encoder_reader import BLEND, THRESHOLDS, EncoderReader, Thresholds
from nlp_service.reviews.reading import PhraseReader, ReviewReader
from nlp_service.reviews.sentiment import MODEL_LABELS, SentimentModel
from nlp_service.reviews.trades import TRADES
from nlp_service.training.encoder_batches import Columns
from nlp_service.training.encoder_export import FILES, export_encoder
from nlp_service.training.encoder_fit import FitPlan, fit_encoder
from nlp_service.training.label_noise import SUSPECT_WEIGHT, summary, suspects
from nlp_service.training.pretrain_tokens import load_tokenizer
from nlp_service.training.public_annotations import PUBLIC, read_public_annotations
from nlp_service.training.public_reviews import (
    CORPUS,
    SOURCES,
    PublicReview,
    read_source,
    without_doubles,
)
from nlp_service.training.review_blend import blend_of, thresholds_of
from nlp_service.training.review_corpus import (
    ReviewRecord,
    ReviewSplit,
    read_reviews,
    split_reviews,
)
from nlp_service.training.review_examples import (
    ReviewExampleMaker,
    Trusted,
    columns_of,
    epochs_of,
)
from nlp_service.training.review_measures import measure_readings
from nlp_service.training.sentiment import fit_sentiment, measure_scores
from nlp_service.training.trade_fit import fit_trades

Progress = Callable[[str], None]
NAME, VERSION = "review-sentiment", 13
_UNCUT = 20.0  # thresholds below every probability: nothing is stated while the blend is fitted


@dataclass(frozen=True, slots=True)
class Data:
    """Reviews by use: public ones with their sentiment alone, and annotated ones: `own` written
    for this project, `real` drawn from the public ones.
    """

    fitted: list[PublicReview]
    dev: list[PublicReview]
    held: list[PublicReview]
    own: ReviewSplit
    real: ReviewSplit

    @property
    def annotated(self) -> list[ReviewRecord]:
        """What the encoder learns more than a sentiment from."""
        return [*self.own.train, *self.real.train]


def read_data(data_dir: Path, corpus_dir: Path, exclude: Collection[str]) -> Data:
    """Public and annotated reviews; sources in `exclude` are held out whole.

    Raises ClientError or StorageError when something is missing.
    """
    used = [source for source in SOURCES if source not in exclude]
    public = without_doubles(e for source in used for e in read_source(data_dir, source))
    others = [e for source in SOURCES if source in exclude for e in read_source(data_dir, source)]
    real = _real(corpus_dir / PUBLIC, data_dir)
    kept = {_key(record) for record in (*real.dev, *real.test)}
    return Data(
        fitted=[e for e in public if not e.is_held_out and not e.is_dev and e.key not in kept],
        dev=[e for e in public if e.is_dev],
        held=[*(e for e in public if e.is_held_out), *others],
        own=split_reviews(read_reviews(corpus_dir), corpus_dir),
        real=real,
    )


def train(
    data_dir: Path,
    corpus_dir: Path,
    out_dir: Path,
    *,
    pretrained: Path,
    linear_from: Path | None = None,
    seed: int = 0,
    epochs: int = 6,
    public_share: float = 1.0,
    threads: int = 2,
    fits: int = 1,
    start_share: float = 0.0,
    rate: float = 1.2e-3,
    exclude: Collection[str] = ("reviews_waimai",),
    progress: Progress = print,
) -> dict[str, Any]:
    """Fit, calibrate, measure and write `out_dir`; returns the metrics that were written.

    The encoder makes `epochs` passes over annotated reviews and, spread over them, one over
    `public_share` of the public ones; the linear model takes all, or is that of the model
    `linear_from`, and then every label is trusted. `start_share` of the weights stays that of
    `pretrained`. With several `fits`, `progress` must be a
    function of a module. Raises ClientError, or ModelError when `linear_from` holds no model.
    """
    if not (pretrained / "config.json").is_file():
        raise ClientError(f"{pretrained.name} holds no pretrained encoder; see training.pretrain")
    kept = _linear_of(linear_from) if linear_from else None
    data = read_data(data_dir, corpus_dir, exclude)
    progress(f"{len(data.fitted)} public and {len(data.annotated)} annotated reviews to learn")
    if kept is None:
        linear, trusts, noise = _fit_linear(data, seed)
        progress(f"linear model fitted; {sum(trust < 1 for trust in trusts)} suspect labels")
    else:
        linear, trusts, noise = kept.linear, [1.0] * len(data.fitted), None
    out_dir.mkdir(parents=True, exist_ok=True)
    fit_trades(data.annotated, data.fitted, data.own.dev, seed).save(out_dir / TRADES)
    torch.set_num_threads(threads)
    plan = FitPlan(seed=seed, peak_rate=rate, fits=fits, start_share=start_share)
    read = round(len(data.fitted) * public_share)
    some = np.random.default_rng(seed).permutation(len(data.fitted))[:read]
    chosen = [(data.fitted[row], trusts[row]) for row in sorted(some.tolist())]
    columns = _fit_encoder(data.annotated, chosen, pretrained, out_dir, plan, epochs, progress)
    reader = _calibrated(data, linear, columns, out_dir, progress)
    phrases = PhraseReader(SentimentModel(_artifact(out_dir, linear)))
    metrics = {
        "seed": seed,
        "fits": fits,
        "start_share": start_share,
        "linear_kept_from": kept.label if kept else None,
        "trained_on": _counts(data),
        "read_by_the_encoder": read,
        "label_noise": noise,
        **measured(data, reader, phrases, progress),
    }
    write_json(out_dir / "metrics.json", metrics)
    return metrics


def measured(
    data: Data, reader: ReviewReader, phrases: PhraseReader, progress: Progress
) -> dict[str, Any]:
    """Figures on held-out texts and test authors, the phrase reader beside.

    Without annotated public reviews there is no `real`.
    """
    parts = {"own": data.own.test, "real": data.real.test}
    found: dict[str, Any] = {}
    for name, one in (("model", reader), ("linear and phrases", phrases)):
        found[name] = {
            **{part: _measured(one, records) for part, records in parts.items() if records},
            "public": measure_public(one, data.held),
        }
        progress(f"{name}: opinions F1 {found[name]['own']['opinions']['f1']}")
    return {**found["model"], "beside": {"linear and phrases": found["linear and phrases"]}}


def _measured(reader: ReviewReader, records: Sequence[ReviewRecord]) -> dict[str, Any]:
    return measure_readings(list(zip(records, reader.read(_reviews(records)), strict=True)))


def measure_public(reader: ReviewReader, reviews: Sequence[PublicReview]) -> dict[str, Any]:
    """Figures of sentiment by source."""
    scores = [reading.sentiment for reading in reader.read([_review(r) for r in reviews])]
    return {
        source: measure_scores(
            [s for s, r in zip(scores, reviews, strict=True) if r.source == source],
            [r.label for r in reviews if r.source == source],
        )
        for source in sorted({review.source for review in reviews})
    }


def _linear_of(path: Path) -> Artifact:
    """A model whose linear part tells sentiments; raises ClientError when it tells other things."""
    artifact = load_artifact(path)
    if not set(MODEL_LABELS) <= set(artifact.linear.labels):
        raise ClientError(f"{path.name} holds no model of sentiment; see --linear", field="linear")
    return artifact


def _fit_linear(
    data: Data, seed: int
) -> tuple[LinearModel, list[float], dict[str, dict[str, int]]]:
    """The linear model, how far each public label is trusted, and the suspects by trade.

    A first fit's folds name the suspects; the second counts them little.
    """
    reviews = [*data.fitted, *_as_public(data.annotated)]
    _, report = fit_sentiment(reviews, seed=seed)
    sided = np.array([r.label != "neutral" and r.source != CORPUS for r in reviews])
    positive = np.array([r.label == "positive" for r in reviews])
    found = np.zeros(len(reviews), np.bool_)
    place = MODEL_LABELS.index("positive")
    found[sided] = suspects(positive[sided], report.oof_probs[sided, place])
    trusts = [SUSPECT_WEIGHT if is_suspect else 1.0 for is_suspect in found]
    linear, _ = fit_sentiment(reviews, weights=trusts, seed=seed)
    groups = [r.group if r.source == "reviews_os10" else r.source for r in reviews]
    return linear, trusts[: len(data.fitted)], summary(groups, found)


def _fit_encoder(
    annotated: Sequence[ReviewRecord],
    public: Trusted,
    pretrained: Path,
    out_dir: Path,
    plan: FitPlan,
    epochs: int,
    progress: Progress,
) -> Columns:
    tokenizer = load_tokenizer(pretrained)
    columns = columns_of(annotated)
    making = ReviewExampleMaker(TranscriptMaker(tokenizer.backend_tokenizer), columns)
    examples = epochs_of(annotated, public, making, epochs)
    model = fit_encoder(pretrained, tokenizer, examples, columns, plan, progress=progress)
    export_encoder(model, tokenizer, out_dir)
    return columns


def _calibrated(
    data: Data, linear: LinearModel, columns: Columns, out_dir: Path, progress: Progress
) -> EncoderReader:
    """Blend and thresholds from development texts and authors; writes everything that ships."""
    encoder = TokenEncoder.load(out_dir)
    maker = TranscriptMaker(encoder.tokenizer)
    phrases = PhraseReader(SentimentModel(_artifact(out_dir, linear)))
    label = f"{NAME}@{VERSION}"

    def reader(blend: Blend, thresholds: Thresholds) -> EncoderReader:
        return EncoderReader(encoder, maker, phrases, blend, thresholds, label)

    blank = reader(Blend(columns.names, {}), Thresholds(*[_UNCUT] * 4))
    dev = [*data.own.dev, *data.real.dev]
    blend = blend_of(dev, data.dev, blank, phrases, columns)
    thresholds = thresholds_of(dev, reader(blend, Thresholds(0.0, 0.0, 0.0, 0.0)))
    progress(f"thresholds {asdict(thresholds)}")
    blend.save(out_dir / BLEND)
    write_json(out_dir / THRESHOLDS, asdict(thresholds))
    pinned = (BLEND, THRESHOLDS, TRADES, *FILES)
    write_artifact(out_dir, name=NAME, version=VERSION, linear=linear, pinned=pinned)
    return reader(blend, thresholds)


def _artifact(out_dir: Path, linear: LinearModel) -> Artifact:
    return Artifact(NAME, VERSION, out_dir, linear)


def _as_public(records: Sequence[ReviewRecord]) -> list[PublicReview]:
    return [PublicReview.of(r.text, r.sentiment, CORPUS, r.author) for r in records]


def _reviews(records: Sequence[ReviewRecord]) -> list[Review]:
    return [record.to_review() for record in records]


def _review(review: PublicReview) -> Review:
    return Review(review.key, review.text)


def _counts(data: Data) -> dict[str, int]:
    sources = sorted({review.source for review in data.fitted})
    counts = {source: sum(r.source == source for r in data.fitted) for source in sources}
    return {**counts, CORPUS: len(data.own.train), "annotated public": len(data.real.train)}


def _real(directory: Path, data_dir: Path) -> ReviewSplit:
    records = read_public_annotations(directory, data_dir)
    return split_reviews(records, directory) if records else ReviewSplit([], [], [])


def _key(record: ReviewRecord) -> str:
    return PublicReview.of(record.text, record.sentiment, CORPUS, None).key
