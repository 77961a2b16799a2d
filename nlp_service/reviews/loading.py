"""Which reader of reviews a directory holds: one with an encoder, or a linear model alone."""

from pathlib import Path

from nlp_service.reviews.encoder_reader import BLEND, EncoderReader
from nlp_service.reviews.reading import PhraseReader, ReviewReader

SHIPPED = Path("sentiment", "13")


def load_reader(path: Path) -> ReviewReader:
    """The reader of `models/sentiment/<version>`; raises ModelError."""
    if (path / BLEND).is_file():
        return EncoderReader.load(path)
    return PhraseReader.load(path)
