"""Many items, each failing alone: shared by the HTTP batches and the file command.

items --read--> values --work, together--> results
           \\               \\ breaks? each for itself
            Failure         Failure
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from nlp_service.errors import ServiceError
from nlp_service.logs import log_bug

Item = TypeVar("Item")
Value = TypeVar("Value")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one item has no result; `error` is None for a bug of ours, which the log names."""

    error: ServiceError | None

    @property
    def reason(self) -> str:
        """For a person; repeats nothing of the item."""
        return self.error.detail if self.error else "the service failed on this item; see its log"


def each_apart(
    items: Sequence[Item],
    read: Callable[[Item], Value],
    work: Callable[[list[Value]], list[Result]],
) -> list[Result | Failure]:
    """Read and work every item; the results stand in the order of the items."""
    values = [attempt(read, item) for item in items]
    done = work_apart([value for value in values if not isinstance(value, Failure)], work)
    results = iter(done)
    return [value if isinstance(value, Failure) else next(results) for value in values]


def work_apart(
    values: list[Value], work: Callable[[list[Value]], list[Result]]
) -> list[Result | Failure]:
    """All at once; where that fails, one by one, so that only the culprit goes without."""
    together = attempt(work, values)
    if not isinstance(together, Failure):
        return list(together)
    return [attempt(lambda one: work([one])[0], value) for value in values]


def attempt(step: Callable[[Value], Result], value: Value) -> Result | Failure:
    """The result of one step, or why there is none."""
    try:
        return step(value)
    except ServiceError as error:
        return Failure(error)
    except Exception as error:  # noqa: BLE001 - a bug over one item must not fail its neighbours
        log_bug(error)
        return Failure(None)
