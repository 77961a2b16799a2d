"""`--model` and `--labels`: another chat model than the installed one, for one command."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from nlp_service.errors import ClientError
from nlp_service.settings import Settings

ChatModel = Annotated[
    Path | None,
    typer.Option(
        "--model", help="Folder of a chat model or of a Hugging Face sequence-classification model"
    ),
]
ChatLabels = Annotated[
    Path | None,
    typer.Option("--labels", help="Label map of --model, where none lies in its folder"),
]


def chat_settings(model: Path | None, labels: Path | None) -> Settings:
    """The settings with what the command line says; paths count from the current folder.

    With --model the label map of the settings does not count: it is of another model. Raises
    ClientError where --labels stands alone.
    """
    settings = Settings.from_env()
    if model is None and labels is not None and settings.chat_model is None:
        raise ClientError("--labels goes with --model only; name the model too")
    if model is not None:
        settings = replace(settings, chat_model=model.resolve(), chat_labels=None)
    return replace(settings, chat_labels=labels.resolve()) if labels is not None else settings
