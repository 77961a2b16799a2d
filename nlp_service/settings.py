"""The service's settings: read once at a door from the environment, then passed in.

Every setting is an environment variable `NLP_SERVICE_<NAME>`; an unknown one is an error, so that
a typing mistake cannot switch a protection off unnoticed.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from nlp_service.errors import ServiceError

PREFIX = "NLP_SERVICE_"
SCOPES = ("chat", "reviews", "risk", "queue", "metrics")
DEVICES = ("auto", "cpu", "cuda")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_LEAST_SECRET_CHARS = 16
_SHA256_HEX = re.compile(r"[0-9a-f]{64}")
_CHECKOUT = Path(__file__).resolve().parents[1]


class SettingsError(ServiceError):
    """An environment variable is unknown or cannot be read."""

    title = "Invalid settings"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The SHA-256 of a key, in hex, and what the key may do."""

    digest: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Another service that is told of changes, and the secret that signs what it gets."""

    url: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; each is described in the README."""

    home: Path = Path()
    host: str = "127.0.0.1"
    port: int = 8600
    models_dir: Path = Path("models")
    chat_model: Path | None = None
    chat_labels: Path | None = None
    chat_device: str = "auto"
    samples_dir: Path = Path("corpora/samples")
    var_dir: Path = Path("var")
    database_url: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    policy_files: tuple[Path, ...] = ()
    api_keys: tuple[ApiKey, ...] = ()
    # A full batch of 256 messages of 4,000 Han characters, each written as \uXXXX, is 6 MB.
    max_body_bytes: int = 16 * 1024 * 1024
    # One check takes about a millisecond: 64 waiting ones still fit a 200 ms callback budget.
    max_in_flight: int = 64
    rate_per_s: int = 0
    batch_workers: int = 2
    store_facts: bool = True
    queue_reviews: bool = True
    retention_days: int = 180
    webhooks: tuple[Receiver, ...] = ()
    webhook_private: bool = False
    log_level: str = "INFO"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the environment; raises SettingsError naming variable and remedy."""
        given = _ours(os.environ if environ is None else environ)
        known = {setting.name for setting in fields(cls)}
        unknown = sorted(given.keys() - known)
        if unknown:
            raise SettingsError(f"{variable(unknown[0])} is not a setting; see the README")
        values: dict[str, Any] = {name: _read(name, text) for name, text in given.items()}
        return cls(**{"home": _home(), **values})._below_home()

    @property
    def is_open(self) -> bool:
        """Whether anybody who reaches the port may call."""
        return not self.api_keys

    def _below_home(self) -> Self:
        """Relative folders count from `home`, whatever folder the command was typed in."""
        home = self.home.resolve()
        var_dir = home / self.var_dir
        return replace(
            self,
            home=home,
            models_dir=home / self.models_dir,
            chat_model=self.chat_model and home / self.chat_model,
            chat_labels=self.chat_labels and home / self.chat_labels,
            samples_dir=home / self.samples_dir,
            var_dir=var_dir,
            database_url=self.database_url or f"sqlite:///{var_dir / 'nlp_service.db'}",
        )


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def is_loopback(host: str) -> bool:
    """`localhost`, 127.0.0.0/8 or ::1."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _home() -> Path:
    """The checkout where there is one, else the current folder."""
    return _CHECKOUT if (_CHECKOUT / "pyproject.toml").is_file() else Path.cwd()


def _ours(environ: Mapping[str, str]) -> dict[str, str]:
    """Our variables by setting name; an empty one counts as not set."""
    return {
        name.removeprefix(PREFIX).lower(): text
        for name, text in environ.items()
        if name.startswith(PREFIX) and text
    }


def _read(name: str, text: str) -> object:
    try:
        return _READERS.get(name, str)(text)
    except ValueError as error:
        raise SettingsError(f"{variable(name)} {error}") from None


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return read


def _switch(text: str) -> bool:
    if text.lower() not in _SWITCH:
        raise ValueError("must be true or false")
    return _SWITCH[text.lower()]


_SWITCH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def _level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
    return text.upper()


def _device(text: str) -> str:
    if text.lower() not in DEVICES:
        raise ValueError(f"must be one of {', '.join(DEVICES)}")
    return text.lower()


def _paths(text: str) -> tuple[Path, ...]:
    return tuple(Path(part.strip()).resolve() for part in text.split(",") if part.strip())


def _api_keys(text: str) -> tuple[ApiKey, ...]:
    return tuple(_api_key(part.strip()) for part in text.split(",") if part.strip())


def _api_key(text: str) -> ApiKey:
    """`sha256hex:scope|scope`; the message never repeats the text, which may be a raw key."""
    digest, _, names = text.partition(":")
    scopes = frozenset(names.split("|"))
    if not _SHA256_HEX.fullmatch(digest) or not scopes <= set(SCOPES):
        raise ValueError(
            "must be a comma list of SHA256HEX:SCOPE|SCOPE with scopes "
            f"{', '.join(SCOPES)}; `nlp-service keys new` makes one"
        )
    return ApiKey(digest, scopes)


def _receivers(text: str) -> tuple[Receiver, ...]:
    found = tuple(_receiver(part.strip()) for part in text.split(",") if part.strip())
    if len({receiver.url for receiver in found}) < len(found):
        raise ValueError("must be addresses that are named once each")
    return found


def _receiver(text: str) -> Receiver:
    """`URL|SECRET`; the message repeats neither, for both may be secret."""
    url, _, secret = text.rpartition("|")
    parts = urlsplit(url)
    has_person = "@" in parts.netloc
    if parts.scheme not in ("https", "http") or not parts.hostname or has_person:
        raise ValueError("must be a comma list of URL|SECRET with https addresses")
    if len(secret) < _LEAST_SECRET_CHARS:
        raise ValueError(f"must be URL|SECRET, the secret {_LEAST_SECRET_CHARS} characters or more")
    return Receiver(url, secret)


_READERS: dict[str, Callable[[str], object]] = {
    "home": Path,
    "port": _number(1, 65_535),
    "models_dir": Path,
    "chat_model": Path,
    "chat_labels": Path,
    "chat_device": _device,
    "samples_dir": Path,
    "var_dir": Path,
    "policy_files": _paths,
    "api_keys": _api_keys,
    "max_body_bytes": _number(1_024, 1 << 30),
    "max_in_flight": _number(1, 100_000),
    "rate_per_s": _number(0, 1_000_000),
    "batch_workers": _number(1, 256),
    "store_facts": _switch,
    "retention_days": _number(1, 36_500),
    "webhooks": _receivers,
    "webhook_private": _switch,
    "queue_reviews": _switch,
    "log_level": _level,
}
