"""A PostgreSQL server for the tests, started from installed binaries and gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")
# Nothing of a test server needs to survive a crash.
OPTIONS = "-c fsync=off -c full_page_writes=off -c listen_addresses= -c max_connections=60"


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl; the newest on Debian, which keeps them off the PATH."""
    found = [Path(name).resolve().parent for name in [shutil.which("initdb")] if name]
    found += sorted(DEBIAN.glob("*/bin"), key=lambda path: -float(path.parent.name))
    return next((path for path in found if (path / "pg_ctl").exists()), None)


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run a server from the binaries in `folder`; yields `?host=…` for its URLs."""
    home = Path(tempfile.mkdtemp(prefix="pg"))
    owner = _owner()
    if owner:
        shutil.chown(home, owner)
    cluster = str(home / "data")
    try:
        make = ["--auth=trust", "--username=test", "--encoding=UTF8", "--locale=C", "--no-sync"]
        _run(owner, [str(folder / "initdb"), "-D", cluster, *make])
        control = [str(folder / "pg_ctl"), "-D", cluster, "-w", "-l", str(home / "log")]
        _run(owner, [*control, "-o", f"{OPTIONS} -k {home}", "start"])
        try:
            yield f"?host={home}"
        finally:
            _run(owner, [*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(home)


def _owner() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as another user."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def _run(owner: str | None, command: Sequence[str]) -> None:
    become = ["runuser", "-u", owner, "--"] if owner else []
    done = subprocess.run(
        [*become, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        check=False,
    )
    assert done.returncode == 0, f"{Path(command[0]).name} failed"
