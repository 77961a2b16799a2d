"""The calls of both READMEs, run against the app with the shipped weights.

`README_REWRITE=1` writes the real answers into the READMEs instead of comparing.
"""

import json
import os
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from nlp_service import cli
from nlp_service.api.app import build_house, create_app
from nlp_service.engines import load_engines
from nlp_service.settings import Settings

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
PAIR = re.compile(r"```sh\n(.+?)\n```\n```json\n(.*?)```", re.DOTALL)
ADDRESS = "http://127.0.0.1:8600"
# Probabilities differ between processors: the int8 encoder rounds its activations.
TOLERANCE = 0.03

Call = Callable[[str], Any]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    settings = Settings(home=ROOT, models_dir=ROOT / "models", store_facts=False)
    with TestClient(create_app(settings, build_house(settings, load_engines(settings)))) as opened:
        yield opened


@pytest.fixture
def call(client: TestClient, capsys: pytest.CaptureFixture[str]) -> Call:
    def run(command: str) -> Any:
        words = shlex.split(command)
        if words[0] == "nlp-service":
            assert cli.run(words[1:]) == 0
            return json.loads(capsys.readouterr().out)
        assert words[:2] == ["curl", "-s"]
        assert words[3] == "-d"
        return client.post(words[2].removeprefix(ADDRESS), content=words[4]).json()

    return run


def pairs(readme: str) -> list[tuple[str, str]]:
    return PAIR.findall((ROOT / readme).read_text(encoding="utf-8"))


@pytest.mark.parametrize("readme", READMES)
def test_calls_of_the_readme_give_the_answers_shown(readme: str, call: Call) -> None:
    if os.environ.get("README_REWRITE"):
        rewrite(ROOT / readme, call)
    shown = pairs(readme)
    assert len(shown) == 5
    for command, answer in shown:
        assert same(call(command), json.loads(answer)), command


def test_both_readmes_show_the_same_calls() -> None:
    assert pairs(READMES[0]) == pairs(READMES[1])


def same(real: Any, shown: Any) -> bool:
    """Equal, numbers within the tolerance."""
    if isinstance(real, dict) and isinstance(shown, dict):
        return list(real) == list(shown) and all(same(real[key], shown[key]) for key in real)
    if isinstance(real, list) and isinstance(shown, list):
        return len(real) == len(shown) and all(map(same, real, shown))
    if isinstance(real, float) and isinstance(shown, float | int):
        return abs(real - shown) <= TOLERANCE
    return bool(real == shown)


def rewrite(path: Path, call: Call) -> None:
    def answered(match: re.Match[str]) -> str:
        return f"```sh\n{match[1]}\n```\n```json\n{pretty(call(match[1]))}\n```"

    path.write_text(PAIR.sub(answered, path.read_text(encoding="utf-8")), encoding="utf-8")


def pretty(value: Any, indent: str = "", width: int = 96) -> str:
    """JSON that stays on one line while it fits."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= width or not isinstance(value, dict | list) or not value:
        return line
    inner = indent + " "
    if isinstance(value, dict):
        parts = [f"{json.dumps(k)}: {pretty(v, inner, width)}" for k, v in value.items()]
        return "{" + f",\n{inner}".join(parts) + "}"
    return "[" + f",\n{inner}".join(pretty(item, inner, width) for item in value) + "]"
