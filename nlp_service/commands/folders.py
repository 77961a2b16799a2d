"""`--data` and `--corpus`: the folders that models are made from and measured on."""

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[Path, typer.Option("--data", help="Folder of the public data sets")]
CorpusDir = Annotated[Path | None, typer.Option("--corpus", help="Folder of the chat corpus")]

PRETRAINED = Path("models", "encoder", "4")
"""Pretrained encoder, below the home folder, that trainings start from unless told otherwise."""
