"""`nlp-service corpus`: drafts become corpora, and corpora are held against a second opinion.

Checking needs the extra `train`; without it one line says so.
"""

from pathlib import Path
from typing import Annotated

import typer

from nlp_service.commands.console import OK
from nlp_service.commands.extra import training_extra
from nlp_service.commands.folders import CorpusDir
from nlp_service.errors import ClientError
from nlp_service.settings import Settings

corpus = typer.Typer(help="The corpora.", no_args_is_help=True)


@corpus.command("build")
def corpus_build(
    drafts: Annotated[
        list[Path], typer.Argument(help="Annotated drafts, see corpora/chat/GUIDE.md")
    ],
    out: Annotated[Path, typer.Option(help="Folder for one JSONL a draft")],
) -> int:
    """Turn annotated drafts into JSON Lines; a draft with a problem is not built."""
    from nlp_service.training.authoring import build

    missing = [path for path in drafts if not path.is_file()]
    if missing:
        raise ClientError(f"{missing[0]} is not a file")
    for author, count in build(drafts, out).items():
        typer.echo(f"{author}: {count} messages")
    return OK


@corpus.command("build-reviews")
def corpus_build_reviews(
    drafts: Annotated[
        list[Path], typer.Argument(help="Annotated drafts, see corpora/reviews/GUIDE.md")
    ],
    out: Annotated[Path, typer.Option(help="Folder for one JSONL a draft")],
) -> int:
    """Turn annotated reviews into JSON Lines; a draft with a problem is not built."""
    from nlp_service.training.review_authoring import build_reviews

    missing = [path for path in drafts if not path.is_file()]
    if missing:
        raise ClientError(f"{missing[0]} is not a file")
    for author, count in build_reviews(drafts, out).items():
        typer.echo(f"{author}: {count} reviews")
    return OK


@corpus.command("check")
def corpus_check(corpus_dir: CorpusDir = None) -> int:
    """Hold authors against the policy, and against a second annotation where there is one."""
    with training_extra():
        from nlp_service.policy.loader import load_policy
        from nlp_service.training.agreement import disagreements, family_kappas
        from nlp_service.training.chat_corpus import BY_POLICY, read_corpus

        source = corpus_dir or Settings.from_env().home / "corpora" / "chat"
        records = read_corpus(source)
        found = list(disagreements(records, load_policy()))
        for one in found:
            author, policy = " ".join(one.author) or "allow", " ".join(one.policy) or "allow"
            typer.echo(f"{one.record.id}: author {author}; policy {policy}")
        left = sum(BY_POLICY in record.kinds for record in records)
        others = f"; the verdict of {left} more is the policy's" if left else ""
        typer.echo(f"{len(found)} of {len(records) - left} messages differ{others}")
        second = source / "second_annotation.tsv"
        if second.is_file():
            for name, value in family_kappas(records, second).items():
                typer.echo(f"{name:8} {value:.3f}")
    return OK


@corpus.command("check-reviews")
def corpus_check_reviews(
    corpus_dir: Annotated[
        Path | None, typer.Option("--corpus", help="Folder of annotated reviews")
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option("--data", help="Folder of public data: check the annotated public reviews"),
    ] = None,
) -> int:
    """Hold the annotated reviews against their second annotation."""
    with training_extra():
        from nlp_service.training.public_annotations import PUBLIC, read_public_annotations
        from nlp_service.training.review_agreement import agreement, read_second
        from nlp_service.training.review_corpus import read_reviews

        source = corpus_dir or Settings.from_env().home / "corpora" / "reviews"
        if data_dir is not None:
            source = source / PUBLIC
            records = read_public_annotations(source, data_dir)
        else:
            records = read_reviews(source)
        found = agreement(records, read_second(source / "second_annotation.tsv"))
    for name, value in found.items():
        typer.echo(f"{name:12} {value:.3f}" if name != "reviews" else f"{name:12} {value:.0f}")
    return OK
