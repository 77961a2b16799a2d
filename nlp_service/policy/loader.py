"""Reads the default policy and the layers a merchant or platform puts over it.

    default.yaml (+ lexicon) --merge layer 1--> --merge layer 2--> --validate--> Policy

A layer is a YAML file with `id`, `version` and any part of a policy. Maps merge key by key, a
list or a value replaces the one below. The whole is validated after merging.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from nlp_service.errors import PolicyError
from nlp_service.policy.schema import PolicyData

DEFAULT_DIR = Path(__file__).parent / "data"
_YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _UniqueKeyLoader(_YAML_LOADER):  # type: ignore[misc, valid-type]
    """Safe YAML that refuses a key given twice, which YAML itself would silently drop."""


def _unique_mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = {str(key) for key in keys if keys.count(key) > 1}
    if twice:
        raise yaml.constructor.ConstructorError(
            None, None, f"key given twice: {sorted(twice)}", node.start_mark
        )
    return dict(loader.construct_pairs(node, deep=True))


_UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


def load_policy(layers: Sequence[Path] = ()) -> PolicyData:
    """The default policy with `layers` over it, in order; raises PolicyError."""
    merged = dict(_default())
    names = [f"{merged['id']}@{merged['version']}"]
    for path in layers:
        layer = read_yaml(path)
        if "id" not in layer or "version" not in layer:
            raise PolicyError(f"{path.name}: a policy layer needs 'id' and 'version'")
        names.append(f"{layer['id']}@{layer['version']}")
        merged = _merge(merged, layer)
    merged["id"] = "+".join(names)
    return _validate(merged, layers[-1].name if layers else "default.yaml")


def read_yaml(path: Path) -> dict[str, Any]:
    """One YAML mapping; raises PolicyError naming the file, the place and the remedy."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PolicyError(f"policy file {path.name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PolicyError(f"policy file {path.name} is not UTF-8") from error
    try:
        content = yaml.load(text, Loader=_UniqueKeyLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise PolicyError(f"{path.name}{place}: {problem}") from error
    if not isinstance(content, dict):
        raise PolicyError(f"{path.name}: a policy is a mapping with 'id' and 'version'")
    return content


@lru_cache(maxsize=1)
def _default() -> Mapping[str, Any]:
    merged: dict[str, Any] = {}
    for path in sorted(DEFAULT_DIR.glob("*.yaml")):
        merged |= read_yaml(path)
    return merged


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = _merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def _validate(merged: Mapping[str, Any], source: str) -> PolicyData:
    try:
        return PolicyData.model_validate(merged)
    except ValidationError as error:
        raise PolicyError(f"{source}: {describe(error)}") from error


def describe(error: ValidationError) -> str:
    """Every problem with its key path and a remedy, without the offending value."""
    parts = []
    for problem in error.errors(include_input=False, include_url=False):
        path = ".".join(str(step) for step in problem["loc"]) or "policy"
        remedy = (
            "unknown key; remove it or mend its spelling"
            if problem["type"] == "extra_forbidden"
            else problem["msg"]
        )
        parts.append(f"{path}: {remedy}")
    return "; ".join(parts)
