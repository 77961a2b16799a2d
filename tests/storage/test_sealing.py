import pytest

from nlp_service.errors import StorageError
from nlp_service.storage.sealing import Sealer, derived
from nlp_service.storage.vault import Vault

OLD, NEW = b"an older secret", b"a newer secret"
VALUE = {"text": "张三13912345678", "n": [1, 2.5, None]}


def sealed(sealer: Sealer) -> bytes:
    return sealer.seal(VALUE, table="t", key="k")


def test_value_comes_back_and_nothing_of_it_shows() -> None:
    sealer = Sealer([OLD])
    assert sealer.open(sealed(sealer), table="t", key="k") == VALUE
    assert b"13912345678" not in sealed(sealer)


def test_every_sealing_has_a_nonce_of_its_own() -> None:
    sealer = Sealer([OLD])
    assert len({sealed(sealer) for _ in range(100)}) == 100


@pytest.mark.parametrize(("table", "key"), [("u", "k"), ("t", "j"), ("t\0k", "")])
def test_moved_value_does_not_open(table: str, key: str) -> None:
    sealer = Sealer([OLD])
    with pytest.raises(StorageError, match="cannot be opened"):
        sealer.open(sealed(sealer), table=table, key=key)


def test_every_changed_byte_is_noticed() -> None:
    sealer = Sealer([OLD])
    whole = sealed(sealer)
    for place in range(len(whole)):
        broken = bytearray(whole)
        broken[place] ^= 1
        with pytest.raises(StorageError, match="cannot be opened"):
            sealer.open(bytes(broken), table="t", key="k")


@pytest.mark.parametrize("length", [0, 1, 5, 16, 17, 32])
def test_shortened_value_is_refused(length: int) -> None:
    sealer = Sealer([OLD])
    with pytest.raises(StorageError, match="cannot be opened"):
        sealer.open(sealed(sealer)[:length], table="t", key="k")


def test_rotation_seals_with_the_newest_and_opens_with_all() -> None:
    rotated = Sealer([NEW, OLD])
    assert rotated.open(sealed(Sealer([OLD])), table="t", key="k") == VALUE
    assert Sealer([NEW]).open(sealed(rotated), table="t", key="k") == VALUE
    with pytest.raises(StorageError):
        Sealer([OLD]).open(sealed(rotated), table="t", key="k")


def test_another_salt_is_another_key() -> None:
    with pytest.raises(StorageError):
        Sealer([OLD], salt=b"b").open(sealed(Sealer([OLD], salt=b"a")), table="t", key="k")


def test_length_tells_little() -> None:
    lengths = {len(Sealer([OLD]).seal("好" * n, table="t", key="k")) for n in range(10)}
    assert len(lengths) == 1


def test_purposes_have_keys_of_their_own() -> None:
    assert len({derived(OLD, "a"), derived(OLD, "b"), derived(NEW, "a"), OLD}) == 4


def test_vault_keeps_keys_when_sealing_is_rotated() -> None:
    before, after = Vault(OLD), Vault(OLD, sealing_secrets=[NEW])
    assert before.key("buyer", "b-1") == after.key("buyer", "b-1") != before.key("item", "b-1")
    assert after.sealer().open(sealed(before.sealer()), table="t", key="k") == VALUE
    with pytest.raises(StorageError):
        before.sealer().open(sealed(after.sealer()), table="t", key="k")


def test_digest_is_keyed_and_of_the_content() -> None:
    assert Vault(OLD).digest({"a": 1, "b": 2}) == Vault(OLD).digest({"b": 2.0, "a": 1})
    assert len({Vault(OLD).digest(1), Vault(NEW).digest(1), Vault(OLD).digest(2)}) == 3
