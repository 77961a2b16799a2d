"""`nlp-service train` and `export`: for whoever makes the models.

Needs the extra `train`; without it one line says so.
"""

from pathlib import Path
from typing import Annotated

import typer

from nlp_service.commands.console import OK, err
from nlp_service.commands.extra import training_extra
from nlp_service.commands.folders import PRETRAINED, CorpusDir, DataDir
from nlp_service.settings import Settings

train = typer.Typer(help="Train a model.", no_args_is_help=True)

Seed = Annotated[int, typer.Option(help="The same seed gives the same model")]
Fits = Annotated[
    int,
    typer.Option(min=1, help="Fits beside each other, each with a seed of its own; their mean"),
]
StartShare = Annotated[
    float, typer.Option(min=0, max=1, help="Share that the start keeps in the mean")
]


@train.command("sentiment")
def train_sentiment(
    data: DataDir,
    out: Annotated[Path, typer.Option(help="Folder of the model")],
    corpus_dir: Annotated[
        Path | None, typer.Option("--corpus", help="Folder of annotated reviews")
    ] = None,
    pretrained: Annotated[
        Path | None, typer.Option(help=f"Pretrained encoder; {PRETRAINED}")
    ] = None,
    linear: Annotated[
        Path | None,
        typer.Option(help="Model whose linear part is kept; left out, it is fitted anew"),
    ] = None,
    epochs: Annotated[
        int,
        typer.Option(
            min=1, help="Passes over annotated reviews; one pass over public ones is shared"
        ),
    ] = 6,
    public_share: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the public reviews the encoder reads")
    ] = 1.0,
    rate: Annotated[float, typer.Option(help="Highest learning rate")] = 1.2e-3,
    threads: Annotated[int, typer.Option(help="CPU threads")] = 2,
    fits: Fits = 1,
    start_share: StartShare = 0.0,
    seed: Seed = 0,
) -> int:
    """Train the reader of reviews: sentiment, aspects, severity."""
    with training_extra():
        from nlp_service.training.reviews import train

        home = Settings.from_env().home
        train(
            data,
            corpus_dir or home / "corpora" / "reviews",
            out,
            pretrained=pretrained or home / PRETRAINED,
            linear_from=linear,
            seed=seed,
            epochs=epochs,
            public_share=public_share,
            threads=threads,
            fits=fits,
            start_share=start_share,
            rate=rate,
            progress=typer.echo,
        )
    err().print(f"model and metrics written to {out}", soft_wrap=True)
    return OK


@train.command("chat")
def train_chat(
    out: Annotated[Path, typer.Option(help="Folder of the model")],
    corpus_dir: CorpusDir = None,
    pretrained: Annotated[
        Path | None,
        typer.Option(help=f"Pretrained encoder, or a chat model to go on with; {PRETRAINED}"),
    ] = None,
    data: Annotated[Path | None, typer.Option("--data", help="Folder of public data")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the messages")] = 6,
    rate: Annotated[float, typer.Option(help="Highest learning rate")] = 1.2e-3,
    threads: Annotated[int, typer.Option(help="CPU threads")] = 2,
    fits: Fits = 1,
    start_share: StartShare = 0.0,
    replay: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="Share of what the pretrained chat model knows in each pass"
        ),
    ] = 1.0,
    seed: Seed = 0,
) -> int:
    """Train the chat check from the corpus written for this project."""
    with training_extra():
        from nlp_service.training.chat import train

        home = Settings.from_env().home
        train(
            corpus_dir or home / "corpora" / "chat",
            out,
            pretrained=pretrained or home / PRETRAINED,
            data_dir=data,
            seed=seed,
            epochs=epochs,
            threads=threads,
            fits=fits,
            start_share=start_share,
            replay=replay,
            rate=rate,
            progress=typer.echo,
        )
    err().print(f"model and metrics written to {out}", soft_wrap=True)
    return OK


@train.command("deepen")
def train_deepen(
    source: Annotated[Path, typer.Argument(help="Folder of an encoder")],
    out: Annotated[Path, typer.Option(help="Folder of the deeper one")],
    behind: Annotated[
        list[int], typer.Option(help="Layer, from 0 on, behind which a silent copy of it stands")
    ],
) -> int:
    """Give an encoder more layers, which change nothing until they are trained."""
    with training_extra():
        from nlp_service.training.deepen import deepen

        layers = deepen(source, out, behind)
    err().print(f"an encoder of {layers} layers written to {out}", soft_wrap=True)
    return OK


@train.command("suspicion")
def train_suspicion(
    cases: Annotated[
        Path | None, typer.Option(help="Cases to fit on; corpora/suspicion/fit")
    ] = None,
    simulated: Annotated[
        Path | None, typer.Option(help="Folder that `simulate --split tune` wrote")
    ] = None,
) -> int:
    """Fit the weights of evidence of suspicion; prints them beside those in use."""
    from nlp_service.commands import suspicion_evaluation

    home = Settings.from_env().home
    suspicion_evaluation.fit(cases or home / "corpora" / "suspicion" / "fit", simulated)
    return OK


def export(
    model: Annotated[Path, typer.Argument(help="Folder of a trained chat model")],
) -> int:
    """Write the int8 graph of a trained chat model anew, from its weights."""
    with training_extra():
        from nlp_service.training.encoder_export import reexport

        gap, size = reexport(model)
    typer.echo(f"{size / 2**20:.1f} MiB, at most {gap:.3f} log-odds from the float32 weights")
    return OK
