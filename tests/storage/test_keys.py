from pathlib import Path

import pytest

from nlp_service.errors import StorageError
from nlp_service.storage.keys import load_secret, message_key


def test_key_depends_on_secret_and_every_part() -> None:
    keys = {
        message_key(b"s", "ab", "c"),
        message_key(b"s", "a", "bc"),
        message_key(b"s", "ab", "c", None),
        message_key(b"s", None, "ab", "c"),
        message_key(b"s", "", "ab", "c"),
        message_key(b"t", "ab", "c"),
    }
    assert len(keys) == 6
    assert message_key(b"s", "店", "c") == message_key(b"s", "店", "c")


def test_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret"
    first = load_secret("", path)
    assert load_secret("", path) == first
    assert len(first) == 64
    assert path.stat().st_mode & 0o077 == 0


def test_given_secret_wins_and_leaves_no_file(tmp_path: Path) -> None:
    assert load_secret("a-secret-of-some-length", tmp_path / "s") == b"a-secret-of-some-length"
    assert not (tmp_path / "s").exists()


def test_short_secret_is_refused_unseen(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        load_secret("kurz", tmp_path / "s")
    assert "kurz" not in caught.value.detail


def test_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="secret"):
        load_secret("", tmp_path / "file" / "secret")
