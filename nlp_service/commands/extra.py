"""Commands that need the extra `train`."""

from collections.abc import Iterator
from contextlib import contextmanager

from nlp_service.errors import ClientError


@contextmanager
def training_extra() -> Iterator[None]:
    """Say which extra to install where a training library is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("nlp_service"):
            raise
        raise ClientError(
            f"{error.name} is not installed; run pip install -c constraints.txt -e '.[train]'"
        ) from error
