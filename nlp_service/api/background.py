"""What the service does beside answering: jobs that run from its start until its end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from nlp_service.logs import log_bug

Result = TypeVar("Result")
Job = Callable[[], Awaitable[None]]
# After a bug; a job that fails at once must not fill the log.
_PAUSE_S = 5.0


@asynccontextmanager
async def running(jobs: Sequence[Job]) -> AsyncIterator[None]:
    """Run the jobs while the block runs, then cancel them and wait for their end."""
    tasks = [asyncio.create_task(_for_ever(job)) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def in_thread(step: Callable[[], Result]) -> Result:
    """Take a blocking step in a thread; a caller that is cancelled waits for its end first.

    So nothing of it is under way any more when the store closes.
    """
    task = asyncio.ensure_future(asyncio.to_thread(step))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def every(seconds: float, step: Callable[[], object]) -> Job:
    """A job that takes a blocking step, in a thread, at its start and every so often."""

    async def job() -> None:
        while True:
            await in_thread(step)
            await asyncio.sleep(seconds)

    return job


async def _for_ever(job: Job) -> None:
    while True:
        try:
            await job()
        except Exception as error:  # noqa: BLE001 - one job's bug ends neither it nor the service
            log_bug(error)
        await asyncio.sleep(_PAUSE_S)
