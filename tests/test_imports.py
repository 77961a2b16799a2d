"""Imports go up the list of design.md only, and serving needs no training library."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "nlp_service"
LEVELS = (
    {"domain", "errors"},
    {"policy", "text"},
    {"recognizers", "inference"},
    {"chat", "reviews"},
    {"risk"},
)
# Shared by the doors: settings, contract, and what turns engines into answers and records.
BETWEEN = {"settings", "logs", "contract", "engines", "buyers", "earlier", "evidence", "moderation"}
DOORS = {"api", "web", "batch", "training", "commands", "cli"}
HEAVY = {"torch", "sklearn", "scipy", "transformers", "matplotlib", "onnxruntime", "openvino"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_imported(path: Path) -> set[str]:
    names = [name.split(".") for name in imports_of(path)]
    return {name[1] for name in names if name[0] == "nlp_service" and len(name) > 1}


def allowed(room: str) -> set[str]:
    """The rooms that `room` may import, itself included."""
    below: set[str] = set()
    for level in LEVELS:
        if room in level:
            return below | {room} | (level if room in {"policy", "text"} else set())
        below |= level
    if room == "storage":
        return {"domain", "errors", "logs", "storage"}
    if room in {"settings", "logs", "contract"}:
        return {"domain", "errors", room}
    return below | BETWEEN | {"storage"} | DOORS


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_up_only(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        assert not rooms_imported(path)
        return
    known = set().union(*LEVELS) | BETWEEN | DOORS | {"storage"}
    assert room in known, f"{room} is a room that design.md does not have"
    names = rooms_imported(path)
    assert names <= allowed(room), f"{path.name} reaches up to {sorted(names - allowed(room))}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_inference_and_training_import_heavy_libraries(path: Path) -> None:
    heavy = {name.split(".")[0] for name in imports_of(path)} & HEAVY
    assert not heavy or room_of(path) in {"inference", "training"}


def loaded_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_is_light() -> None:
    loaded = {name.split(".")[0] for name in loaded_after("import nlp_service")}
    assert not loaded & (HEAVY | {"numpy", "pydantic", "fastapi", "jieba", "pyarrow"})


SERVING = """
from nlp_service.api.app import create_app
from nlp_service.chat.checker import ChatChecker
from nlp_service.reviews.scorer import ReviewScorer
from nlp_service.policy.loader import load_policy
import nlp_service.cli
load_policy()
"""


def test_serving_needs_no_training_library() -> None:
    loaded = {name.split(".")[0] for name in loaded_after(SERVING)}
    assert not loaded & (HEAVY | {"pyarrow", "polars"})
