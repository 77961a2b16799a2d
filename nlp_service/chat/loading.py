"""Which reader a directory holds: ours (artifact.json) or somebody's checkpoint (config.json).

--model PATH --what lies in it--> Reader
"""

from pathlib import Path

from nlp_service.chat.checkpoint_reader import CheckpointReader
from nlp_service.chat.encoder_reader import EncoderReader
from nlp_service.chat.reader import Reader, TurnReader
from nlp_service.errors import ModelError
from nlp_service.inference.artifact import MANIFEST
from nlp_service.inference.checkpoint import CONFIG
from nlp_service.policy.schema import PolicyData

SHIPPED = Path("chat", "17")
_BLEND = "blend.json"


def load_reader(
    models_dir: Path,
    policy: PolicyData,
    *,
    model: Path | None = None,
    labels: Path | None = None,
    device: str = "auto",
) -> Reader:
    """The shipped reader of `models_dir`, or what `model` holds instead.

    `model` is a model of ours, a models directory, or a checkpoint; for a checkpoint `labels` is
    the label map, else the one in its directory counts. Raises ModelError.
    """
    if model is not None and _holds_checkpoint(model):
        base = _read(models_dir / SHIPPED)
        return CheckpointReader.load(model, base, policy, labels=labels, device=device)
    if labels is not None:
        raise ModelError(
            f"label map {labels.name}: --labels goes with --model of a checkpoint only"
        )
    return _read(_ours(model) if model is not None else models_dir / SHIPPED)


def _read(path: Path) -> Reader:
    """A model of ours: with an encoder and a blend, or linear models alone."""
    if (path / _BLEND).is_file():
        return EncoderReader.load(path)
    return TurnReader.load(path)


def _holds_checkpoint(model: Path) -> bool:
    """Whether the directory is a checkpoint; one of ours may hold a config.json beside its own."""
    return not (model / MANIFEST).is_file() and (model / CONFIG).is_file()


def _ours(model: Path) -> Path:
    """A model of ours, given itself or by the models directory around it."""
    for path in (model, model / SHIPPED):
        if (path / MANIFEST).is_file():
            return path
    raise ModelError(
        f"--model {model.name} is no model: it needs {MANIFEST} (a model of this project) "
        f"or {CONFIG} (a checkpoint)"
    )
