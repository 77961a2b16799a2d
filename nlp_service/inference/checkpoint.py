"""Any Hugging Face sequence-classification checkpoint, read from a directory.

    texts --tokenise, cut--> windows --model--> logits --sigmoid | softmax--> max over windows

Nothing is fetched and no code that comes with a checkpoint is run. torch and transformers are
imported when a checkpoint is loaded, not before; they are the extra `train`.
"""

import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import file_digest, sha256
from logging import CRITICAL
from pathlib import Path
from threading import Lock
from typing import Any, Self

import numpy as np

from nlp_service.errors import ModelError
from nlp_service.inference.linear import Floats
from nlp_service.inference.windows import batches, windows

CONFIG = "config.json"
DEVICES = ("auto", "cpu", "cuda")
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
_TOKENIZER = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model", "*.tiktoken")
_DECIDING = (CONFIG, "tokenizer_config.json", "merges.txt", *_WEIGHTS, *_TOKENIZER)
_UNLIMITED_TOKENS = 512  # models without a last position were trained on texts about this long
_LEAST_ROOM = 4  # tokens of a window beside the special ones
_BATCH = 32
_DIGEST_CHARS = 8
_PROBE = "好"


class Checkpoint:
    """A loaded model with its tokenizer. Thread-safe; the same call gives the same probs.

    In another batch a prob may differ in its last digits, because padding changes the order of
    sums. Softmax where `exclusive`, else sigmoid, as `problem_type` says; without it as the
    library's own pipeline does: sigmoid for one label, softmax for more.
    """

    def __init__(self, model: Any, tokenizer: Any, name: str) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._lock = Lock()  # the tokenizer's settings are written at every call
        self.name = name
        self.labels = _labels(model.config, name)
        self.exclusive = _is_exclusive(model.config, name)
        self._before, self._after = self._frame()
        self._room = _positions(model, tokenizer) - len(self._before) - len(self._after)
        if self._room < _LEAST_ROOM:
            raise ModelError(f"checkpoint {name} takes too few tokens; see its {CONFIG}")
        pad = tokenizer.pad_token_id
        self._pad = model.config.pad_token_id if pad is None else pad

    @classmethod
    def load(cls, path: Path, *, device: str = "auto") -> Self:
        """Read a directory; `device` is one of DEVICES, `auto` takes a GPU where there is one.

        Raises ModelError naming the file or package and the remedy.
        """
        _check_files(path)
        model, tokenizer = _loaded(path)
        loaded = cls(model.to(_device(device)), tokenizer, path.resolve().name)
        loaded.predict_batch([_PROBE])  # what cannot run is to fail now
        return loaded

    def predict_batch(self, texts: Sequence[str]) -> Floats:
        """Probs of the checkpoint's own labels, `(N, L)`; no text is cut.

        A text longer than the model reads goes through in overlapping windows, and each label
        takes its strongest. Raises ModelError where the model gives no number.
        """
        pieces, owners = self._pieces(texts)
        probs = np.zeros((len(texts), len(self.labels)), np.float32)
        most = _BATCH if self._pad is not None else 1
        for batch in batches([len(piece) for piece in pieces], most):
            found = self._probs([pieces[number] for number in batch])
            np.maximum.at(probs, [owners[number] for number in batch], found)
        return probs

    def _pieces(self, texts: Sequence[str]) -> tuple[list[list[int]], list[int]]:
        """Windows with their special tokens, and the number of the text each belongs to."""
        pieces, owners = [], []
        for owner, text in enumerate(texts):
            for window in windows(self._ids(text), self._room):
                pieces.append([*self._before, *window, *self._after])
                owners.append(owner)
        return pieces, owners

    def _ids(self, text: str, *, special: bool = False) -> list[int]:
        """Token ids; `</s>` typed into a message stays text."""
        with self._lock:
            encoded = self._tokenizer(
                text,
                add_special_tokens=special,
                split_special_tokens=not special,
                truncation=False,
                verbose=False,
            )
        return list(encoded["input_ids"])

    def _frame(self) -> tuple[list[int], list[int]]:
        """The special tokens before and after a text."""
        bare, whole = self._ids(_PROBE), self._ids(_PROBE, special=True)
        for at in range(len(whole) - len(bare) + 1):
            if bare and whole[at : at + len(bare)] == bare:
                return whole[:at], whole[at + len(bare) :]
        raise ModelError(f"the tokenizer of checkpoint {self.name} cannot read Chinese text")

    def _probs(self, pieces: Sequence[Sequence[int]]) -> Floats:
        import torch

        longest = max(len(piece) for piece in pieces)
        ids = torch.full((len(pieces), longest), self._pad or 0)
        mask = torch.zeros_like(ids)
        for row, piece in enumerate(pieces):
            ids[row, : len(piece)] = torch.tensor(piece)
            mask[row, : len(piece)] = 1
        device = self._model.device
        with torch.inference_mode():
            logits = self._model(input_ids=ids.to(device), attention_mask=mask.to(device)).logits
            probs = logits.softmax(dim=-1) if self.exclusive else logits.sigmoid()
        found = np.asarray(probs.cpu().numpy(), np.float32)
        if found.shape != (len(pieces), len(self.labels)) or not np.isfinite(found).all():
            raise ModelError(f"checkpoint {self.name} gives no number for each of its labels")
        return found


def checkpoint_digest(path: Path, *beside: Path) -> str:
    """Some hex digits that change with any file of the checkpoint that decides answers, and with
    the files `beside` it."""
    found = {file for pattern in _DECIDING for file in path.glob(pattern) if file.is_file()}
    total = sha256()
    for file in (*sorted(found), *beside):
        with file.open("rb") as opened:
            total.update(file_digest(opened, "sha256").digest())
    return total.hexdigest()[:_DIGEST_CHARS]


def _check_files(path: Path) -> None:
    """The library makes up what is missing, an empty vocabulary for instance; we do not."""
    if not path.is_dir():
        raise ModelError(f"checkpoint {path.name} is no directory; give the folder of a model")
    for what, patterns in (("configuration", (CONFIG,)), ("weights", _WEIGHTS)):
        _need(path, what, patterns)
    _need(path, "tokenizer", _TOKENIZER)


def _need(path: Path, what: str, patterns: Sequence[str]) -> None:
    if not any(file.is_file() for pattern in patterns for file in path.glob(pattern)):
        raise ModelError(
            f"checkpoint {path.name} has no {what} ({' or '.join(patterns)}); "
            "save model and tokenizer with save_pretrained into it"
        )


def _loaded(path: Path) -> tuple[Any, Any]:
    """Model and tokenizer in single precision, ready to read; raises ModelError."""
    try:
        import torch  # noqa: F401 - without it transformers fails later and less clearly
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
    except ModuleNotFoundError as error:
        raise ModelError(
            f"a checkpoint needs {error.name}; run pip install 'nlp-service[train]'"
        ) from error
    only = {"local_files_only": True, "trust_remote_code": False}
    with _quiet(), _explained(path):
        tokenizer = AutoTokenizer.from_pretrained(path, **only)
        model, found = AutoModelForSequenceClassification.from_pretrained(
            path, output_loading_info=True, **only
        )
        model = model.float().eval()
    if missing := sorted(found["missing_keys"]):
        raise ModelError(
            f"checkpoint {path.name} lacks the weights {', '.join(missing[:4])}; "
            "it is no trained sequence classifier: fine-tune it first"
        )
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        raise ModelError(
            f"checkpoint {path.name}: the tokenizer has more tokens than the model; "
            "put the tokenizer into the directory that it was trained with"
        )
    return model, tokenizer


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """What the library raises over a broken directory, as one line of ours."""
    from safetensors import SafetensorError

    kinds = (OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError, ImportError)
    try:
        yield
    except (*kinds, pickle.UnpicklingError, SafetensorError) as error:
        words = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise ModelError(f"checkpoint {path.name} cannot be loaded: {words}") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """No bars and no reports of the library on stderr; what matters of them is an error here."""
    from transformers.utils import logging

    library: Any = logging
    level, bars = library.get_verbosity(), library.is_progress_bar_enabled()
    library.set_verbosity(CRITICAL)
    library.disable_progress_bar()
    try:
        yield
    finally:
        library.set_verbosity(level)
        if bars:
            library.enable_progress_bar()


def _device(name: str) -> str:
    import torch

    assert name in DEVICES, name
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise ModelError("device cuda: torch finds no GPU here; use cpu or auto")
    return "cuda" if name != "cpu" and there else "cpu"


def _labels(config: Any, name: str) -> tuple[str, ...]:
    labels = tuple(str(label) for _, label in sorted(config.id2label.items()))
    if len(set(labels)) < len(labels):
        raise ModelError(f"checkpoint {name}: {CONFIG}: id2label names a label twice; rename one")
    return labels


def _is_exclusive(config: Any, name: str) -> bool:
    """Whether exactly one label holds at a time."""
    kind = config.problem_type
    if kind == "regression":
        raise ModelError(
            f"checkpoint {name}: {CONFIG}: problem_type is regression; a classifier is needed: "
            "multi_label_classification or single_label_classification"
        )
    if kind is None or config.num_labels == 1:
        return bool(config.num_labels > 1)
    return bool(kind == "single_label_classification")


def _positions(model: Any, tokenizer: Any) -> int:
    """How many tokens fit, special ones included.

    Of RoBERTa's position table the rows up to the padding index belong to no token.
    """
    stated = getattr(model.config, "max_position_embeddings", None)
    limit = stated if isinstance(stated, int) and stated > 0 else _UNLIMITED_TOKENS
    for place, table in model.named_modules():
        padding = getattr(table, "padding_idx", None)
        if place.endswith("position_embeddings") and padding is not None:
            limit = min(limit, table.num_embeddings - padding - 1)
    return min(limit, int(tokenizer.model_max_length))
