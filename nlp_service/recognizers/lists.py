"""Reads the closed lists of this room; the lists themselves lie in `data/`, one topic a file."""

from importlib import resources


def words(name: str, section: str | None = None) -> frozenset[str]:
    """All words of `data/<name>.txt`, or of its `[section]`; lines starting with # are comments."""
    found: set[str] = set()
    current: str | None = None
    source = resources.files(__package__).joinpath("data", f"{name}.txt")
    for line in source.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = line.strip("[] ")
        elif not line.startswith("#") and section in (None, current):
            found.update(line.split())
    return frozenset(found)
