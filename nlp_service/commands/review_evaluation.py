"""What `nlp-service evaluate sentiment` does: read, measure, write the report."""

import json
from pathlib import Path

import typer

from nlp_service.commands.console import err
from nlp_service.commands.extra import training_extra
from nlp_service.errors import ClientError
from nlp_service.reviews.loading import load_reader
from nlp_service.reviews.reading import PhraseReader
from nlp_service.training.public_annotations import PUBLIC, read_public_annotations
from nlp_service.training.review_corpus import ReviewRecord, read_reviews, split_reviews

_STDOUT = Path("-")
_PARTS = ("train", "dev", "test")


def run(
    corpus_dir: Path,
    part: str | None,
    model: Path,
    report: Path | None,
    json_file: Path | None,
    *,
    data: Path | None = None,
    texts: bool,
) -> None:
    """Measure and write; the headline goes to the terminal when no file is wanted.

    With `data`, the annotated public reviews of the corpus instead of the written ones.
    """
    with training_extra():
        from nlp_service.training import review_evaluation

        corpus_dir = corpus_dir / PUBLIC if data else corpus_dir
        records = _records(corpus_dir, part, data)
        reader = load_reader(model)
        readers = {reader.label: reader, "phrases": PhraseReader.load(model)}
        found = review_evaluation.measure_readers(records, readers)
        figures = {one.name: one.figures for one in found}
        name = f"{corpus_dir.name}, part {part}" if part else corpus_dir.name
        if json_file == _STDOUT:
            typer.echo(json.dumps(figures, ensure_ascii=False, indent=1))
        elif json_file:
            json_file.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")
        if report:
            page = review_evaluation.render(records, found, name, texts=texts)
            report.write_text(page, encoding="utf-8")
            err().print(f"report written to {report}", soft_wrap=True)
        if not report and not json_file:
            typer.echo(review_evaluation.summary(found))


def _records(corpus_dir: Path, part: str | None, data: Path | None) -> list[ReviewRecord]:
    if part is not None and part not in _PARTS:
        raise ClientError(f"--part must be one of {', '.join(_PARTS)}")
    records = read_public_annotations(corpus_dir, data) if data else read_reviews(corpus_dir)
    if not records:
        raise ClientError(f"{corpus_dir.name} holds no annotated review", field="corpus")
    if part is None:
        return records
    chosen: list[ReviewRecord] = getattr(split_reviews(records, corpus_dir), part)
    if not chosen:
        raise ClientError(f"part {part} of {corpus_dir.name} is empty; see its split.json")
    return chosen
