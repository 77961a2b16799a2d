"""`nlp-service policy`: read, check, try and replay a policy."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from nlp_service.commands.console import BAD_LINES, OK, err, out
from nlp_service.settings import Settings

app = typer.Typer(help="The chat policy.", no_args_is_help=True)

Layers = Annotated[
    list[Path] | None,
    typer.Option("--policy", help="Policy layer over the default; several in order"),
]
_KEY_SHOWN = 12


def _layers(given: list[Path] | None) -> tuple[Path, ...]:
    """The layers named, or those of the settings."""
    return tuple(given) if given else Settings.from_env().policy_files


@app.command()
def show(policy: Layers = None) -> int:
    """Print the whole policy as YAML, layers merged."""
    from nlp_service.policy.inspect import show as show_policy
    from nlp_service.policy.loader import load_policy

    typer.echo(show_policy(load_policy(_layers(policy))))
    return OK


@app.command()
def lint(files: Annotated[list[Path], typer.Argument(help="Policy layers, in order")]) -> int:
    """Say what is wrong with policy layers; status 1 if anything is."""
    from nlp_service.policy.inspect import lint as lint_policy

    problems = lint_policy(files)
    for problem in problems:
        typer.echo(problem)
    if not problems:
        err().print("no problems")
    return BAD_LINES if problems else OK


@app.command()
def explain(
    code: Annotated[str, typer.Argument(help="A label, like privacy.contact")],
    policy: Layers = None,
) -> int:
    """Say in Chinese what a label means, when it applies and what happens."""
    from nlp_service.policy.inspect import explain as explain_label
    from nlp_service.policy.loader import load_policy

    typer.echo(explain_label(load_policy(_layers(policy)), code))
    return OK


@app.command("test")
def run_policy_examples(policy: Layers = None) -> int:
    """Run the examples that stand in the policy; status 1 if one fails."""
    from nlp_service.contract.parsing import validate
    from nlp_service.contract.requests import ChatRequest
    from nlp_service.engines import load_checker
    from nlp_service.policy.inspect import run_examples
    from nlp_service.policy.loader import load_policy

    loaded = load_policy(_layers(policy))
    checker = load_checker(Settings.from_env(), loaded)
    results = run_examples(
        loaded, lambda body: checker.check(validate(ChatRequest, dict(body)).to_message("example"))
    )
    failed = [result for result in results if not result.ok]
    for result in failed:
        typer.echo(f"{result.name}: expected {result.expected}, got {result.got}")
    err().print(f"{len(results) - len(failed)} of {len(results)} examples hold")
    return BAD_LINES if failed else OK


@dataclass(frozen=True, slots=True)
class Change:
    """A stored message whose verdict another policy would change."""

    message_key: str
    at: str
    before: str
    after: str
    codes_before: list[str]
    codes_after: list[str]


@app.command()
def replay(
    policy: Annotated[list[Path], typer.Option("--policy", help="Policy layer; several in order")],
    limit: Annotated[int, typer.Option(min=0, help="Most changes shown to a person")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Every change as a JSON line")] = False,
) -> int:
    """Say whose verdict a new policy would change, from stored facts; no text, no model."""
    from nlp_service.storage.database import open_database, require_schema
    from nlp_service.storage.repositories import ChatFacts

    settings = Settings.from_env()
    database = open_database(settings.database_url)
    require_schema(database)
    seen = Counter[str]()
    changes = list(_changes(ChatFacts(database).all(), policy, seen))
    database.dispose()
    if as_json:
        for change in changes:
            typer.echo(json.dumps(_as_dict(change), ensure_ascii=False))
    elif changes:
        out().print(_table(changes[:limit]))
    _sum_up(changes, seen)
    return OK


def _changes(stored: Iterator[Any], layers: list[Path], seen: Counter[str]) -> Iterator[Change]:
    from nlp_service.policy.engine import judge
    from nlp_service.policy.facts import Facts
    from nlp_service.policy.loader import load_policy

    policy = load_policy(layers)
    for fact in stored:
        try:
            facts = Facts.from_json(fact.facts)
        except (KeyError, TypeError):
            seen["unreadable"] += 1  # written by another version of the service
            continue
        seen["read"] += 1
        judgement = judge(policy, facts)
        codes = [label.code for label in judgement.labels]
        if (judgement.action.value, sorted(codes)) != (fact.action, sorted(fact.codes)):
            at = fact.at.isoformat(timespec="seconds")
            after = judgement.action.value
            yield Change(fact.message_key, at, fact.action, after, fact.codes, codes)


def _as_dict(change: Change) -> dict[str, Any]:
    return {
        "message_key": change.message_key,
        "at": change.at,
        "before": {"action": change.before, "labels": change.codes_before},
        "after": {"action": change.after, "labels": change.codes_after},
    }


def _table(changes: list[Change]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("message", "at", "action", "labels gone (-) and new (+)"):
        table.add_column(title)
    for change in changes:
        before, after = set(change.codes_before), set(change.codes_after)
        codes = [f"-{code}" for code in sorted(before - after)]
        codes += [f"+{code}" for code in sorted(after - before)]
        action = change.after
        if change.before != change.after:
            action = f"{change.before} > {change.after}"
        table.add_row(change.message_key[:_KEY_SHOWN], change.at[:10], action, "\n".join(codes))
    return table


def _sum_up(changes: list[Change], seen: Counter[str]) -> None:
    moves = Counter(f"{c.before} > {c.after}" for c in changes if c.before != c.after)
    err().print(f"{seen['read']} stored messages, {len(changes)} would change")
    for move, count in sorted(moves.items()):
        err().print(f"  {move}: {count}")
    if seen["unreadable"]:
        err().print(f"  not readable by this version: {seen['unreadable']}")
