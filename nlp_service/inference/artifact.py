"""A model on disk: what it is called, which files belong to it, and that nobody altered them.

    models/<task>/<version>/artifact.json --sha256 of each file--> Artifact with a ready LinearModel

Only the files that decide answers are pinned; metrics.json and card.md are for people.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp_service.errors import ModelError
from nlp_service.inference.linear import LinearModel

MANIFEST = "artifact.json"
LINEAR = "linear.npz"
_KEYS = {"name", "version", "files"}


@dataclass(frozen=True, slots=True)
class Artifact:
    """A verified model directory; `label` (name@version) stands in every answer."""

    name: str
    version: int
    path: Path
    linear: LinearModel

    @property
    def label(self) -> str:
        """For example `review-sentiment@1`."""
        return f"{self.name}@{self.version}"


def load_artifact(path: Path) -> Artifact:
    """Verify every pinned file and load the model.

    Raises ModelError when the manifest or a file is missing, malformed or altered.
    """
    manifest = _read_manifest(path)
    verify(path)
    linear = LinearModel.load(path / LINEAR)
    return Artifact(manifest["name"], manifest["version"], path, linear)


def write_artifact(
    path: Path, *, name: str, version: int, linear: LinearModel, pinned: Iterable[str] = ()
) -> Artifact:
    """Save the model and its manifest; `pinned` names further files of `path` to protect.

    The manifest is written last, so that a run cut short leaves nothing loadable.
    """
    path.mkdir(parents=True, exist_ok=True)
    (path / MANIFEST).unlink(missing_ok=True)
    linear.save(path / LINEAR)
    files = {file: _digest(path / file) for file in (LINEAR, *pinned)}
    write_json(path / MANIFEST, {"name": name, "version": version, "files": files})
    return Artifact(name, version, path, linear)


def verify(path: Path, *, but: str | None = None) -> None:
    """Check every pinned file of a model, all but one where `but` names it; raises ModelError."""
    for name, expected in _read_manifest(path)["files"].items():
        if name != but:
            _verify(path / name, expected)


def repin(path: Path, name: str) -> None:
    """Accept a rewritten file of a model; raises ModelError when it pins no such file."""
    manifest = _read_manifest(path)
    if name not in manifest["files"]:
        raise ModelError(f"model {path.name} has no file {name}")
    files = {**manifest["files"], name: _digest(path / name)}
    write_json(path / MANIFEST, {**manifest, "files": files})


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a small file for people and machines: UTF-8, indented, newline at the end."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{MANIFEST} of model {path.name} cannot be read: {error}") from error
    if not _is_manifest(manifest):
        raise ModelError(f"{MANIFEST} of model {path.name} needs exactly {sorted(_KEYS)}")
    return dict(manifest)


def _is_manifest(manifest: object) -> bool:
    if not isinstance(manifest, dict) or set(manifest) != _KEYS:
        return False
    files = manifest["files"]
    return (
        isinstance(manifest["name"], str)
        and isinstance(manifest["version"], int)
        and isinstance(files, dict)
        and LINEAR in files
        # A file name may not lead out of the directory.
        and all(Path(name).name == name for name in files)
    )


def _verify(path: Path, expected: str) -> None:
    if not path.is_file():
        raise ModelError(f"model file {path.name} is missing; install the model again")
    if _digest(path) != expected:
        raise ModelError(f"model file {path.name} was altered; install the model again")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
