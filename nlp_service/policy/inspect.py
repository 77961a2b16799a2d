"""What a compliance officer asks of a policy: show, lint, explain a label, run the examples."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nlp_service.domain import Verdict
from nlp_service.errors import ClientError, PolicyError
from nlp_service.policy.loader import load_policy
from nlp_service.policy.schema import PolicyData


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One policy example: what it expects and what it got, as `action code code`."""

    name: str
    ok: bool
    expected: str
    got: str


def show(policy: PolicyData) -> str:
    """The whole merged policy as YAML."""
    content = policy.model_dump(mode="json")
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)


def lint(paths: Sequence[Path]) -> list[str]:
    """Problems of policy layers, none when they may be used; each names file and key."""
    try:
        policy = load_policy(paths)
    except PolicyError as error:
        return [error.detail]
    return [*_doubled_examples(policy), *_missing_suggestions(policy)]


def explain(policy: PolicyData, code: str) -> str:
    """A label in Chinese: meaning, consequence, basis, what may be asked; raises ClientError."""
    rule = policy.labels.get(code)
    if rule is None:
        known = ", ".join(policy.labels)
        raise ClientError(f"unknown label code; known are: {known}", field="code")
    parts = [
        f"{code} {rule.name}",
        f"含义: {rule.definition}",
        f"严重程度: {rule.severity}; 默认处理: {rule.action}; 起算概率: {rule.threshold}",
        f"提示语: {rule.reason}",
        "依据: " + ";".join(policy.basis[basis] for basis in rule.basis),
        *_explained_attributes(policy, code),
    ]
    if code in policy.suggestions:
        parts.append(f"建议改写: {policy.suggestions[code]}")
    return "\n".join(parts)


def run_examples(
    policy: PolicyData, check: Callable[[Mapping[str, Any]], Verdict]
) -> list[ExampleResult]:
    """Check every example of the policy; `check` takes a message as a caller would send it."""
    results = []
    for example in policy.examples:
        verdict = check(example.message)
        got = _outcome(verdict.action, [label.code for label in verdict.labels])
        expected = _outcome(example.action, example.labels)
        results.append(ExampleResult(example.name, got == expected, expected, got))
    return results


def _outcome(action: str, codes: Sequence[str]) -> str:
    return " ".join([str(action), *sorted(codes)])


def _doubled_examples(policy: PolicyData) -> Iterator[str]:
    names = [example.name for example in policy.examples]
    yield from (
        f"examples: name {name!r} is used twice"
        for name in sorted(set(names))
        if names.count(name) > 1
    )


def _missing_suggestions(policy: PolicyData) -> Iterator[str]:
    for code in policy.suggestions:
        if code not in policy.labels:
            yield f"suggestions.{code}: unknown label code"


def _explained_attributes(policy: PolicyData, code: str) -> Iterator[str]:
    for attribute, rule in policy.attributes.items():
        if rule.code != code:
            continue
        rows = policy.matrix.get(attribute, ())
        where = "; ".join(_explained_row(policy, row.model_dump(exclude_none=True)) for row in rows)
        yield f"- {rule.name}({attribute}): " + (f"可以询问: {where}" if where else "一律不可询问")


def _explained_row(policy: PolicyData, row: Mapping[str, Any]) -> str:
    names = {"categories": "类目", "stages": "阶段", "flags": "订单标记", "wants": "买家提出"}
    parts = [f"{name} {'/'.join(row[key])}" for key, name in names.items() if row.get(key)]
    purposes = [policy.purposes[purpose] for purpose in row.get("purposes", ())]
    if purposes:
        parts.append(("须说明用途 " if row["purpose_needed"] else "用途 ") + "/".join(purposes))
    return "、".join(parts) or "任何情况"
