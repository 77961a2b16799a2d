"""`nlp-service simulate`: a made-up market to measure against, where the truth is known."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.text import Text

from nlp_service.commands.console import OK, out, progress_bar


def simulate(
    target: Annotated[Path, typer.Option("--out", help="New folder to write")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes")],
    reviews: Annotated[int, typer.Option(help="How many reviews")] = 20_000,
    prevalence: Annotated[float, typer.Option(help="Share that is malicious")] = 0.005,
    split: Annotated[
        Literal["tune", "held_out"], typer.Option(help="Kinds of attack to tune on, or all")
    ] = "tune",
) -> int:
    """Simulate honest and malicious bad reviews, buyer events and the truth about them."""
    from nlp_service.training.simulation.files import write_world
    from nlp_service.training.simulation.settings import Settings

    settings = Settings(seed=seed, reviews=reviews, prevalence=prevalence, split=split)
    with progress_bar("simulating", reviews) as tell:
        world = write_world(target, settings, tell)
    counts = world["counts"]
    said = (
        f"{counts['reviews']} reviews, {counts['malicious']} malicious, {counts['events']} events"
    )
    out().print(Text(f"{target}: {said}"))
    return OK
