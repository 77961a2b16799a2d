"""What proves a pack: a signature for everybody, the hashes of the log for who has the secret.

pack without signature --canonical JSON--> Ed25519 --> altered by nobody since it was made
entries of the log, from the case's first to the newest, and the head --> none left out
                              HMAC (secret) --> as they were written
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from itertools import pairwise
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from nlp_service.errors import ClientError, StorageError
from nlp_service.storage.canonical import canonical_json
from nlp_service.storage.decisions import Decision, entry_hash, head_seal
from nlp_service.storage.store import Unit
from nlp_service.storage.vault import Vault

_UNDECIDED = {"queue.undo", "queue.appeal"}


def chain_proof(unit: Unit, own: Sequence[Decision]) -> dict[str, Any]:
    """The log's entries from the first of a case on, and its head; raises StorageError."""
    head = unit.log_head()
    if head is None or not own:
        raise StorageError("the decision log lacks this case; run `nlp-service audit verify`")
    entries = unit.decisions.between(own[0].sequence, head.sequence)
    return {
        "subject_key": own[0].subject_key,
        "entries": [asdict(entry) for entry in entries],
        "head": asdict(head),
    }


def signed(pack: Mapping[str, Any], vault: Vault) -> dict[str, Any]:
    """The pack with its signature."""
    key = vault.evidence_key()
    return {
        **pack,
        "signature": {
            "algorithm": "Ed25519",
            "public_key": key.public_key().public_bytes_raw().hex(),
            "value": key.sign(canonical_json(pack)).hex(),
        },
    }


def problems_of(
    pack: Mapping[str, Any], *, public_key: str | None = None, vault: Vault | None = None
) -> list[str]:
    """What is wrong with a pack; nothing where it holds. Raises ClientError where it is none.

    Without the public key from elsewhere, or the secret, only damage is found: whoever can forge a
    pack can sign it with a key of their own.
    """
    try:
        entries = [_entry(one) for one in pack["chain"]["entries"]]
        found = [*_of_signature(pack, public_key, vault), *_of_links(pack["chain"], entries)]
        return [*found, *_of_case(pack, entries), *_of_hashes(pack["chain"], entries, vault)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ClientError("this is no evidence pack of this version") from error


def _entry(stored: Mapping[str, Any]) -> Decision:
    return Decision(**{one.name: stored[one.name] for one in fields(Decision)})


def _of_signature(
    pack: Mapping[str, Any], public_key: str | None, vault: Vault | None
) -> list[str]:
    given = pack["signature"]["public_key"]
    known = {public_key.lower()} if public_key else set()
    if vault is not None:
        known.add(vault.evidence_key().public_key().public_bytes_raw().hex())
    found = ["it is signed with another key"] if known - {given} else []
    plain = {name: part for name, part in pack.items() if name != "signature"}
    value = bytes.fromhex(pack["signature"]["value"])
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(given)).verify(
            value, canonical_json(plain)
        )
    except InvalidSignature:
        return [*found, "it was changed after it was signed"]
    return found


def _of_links(chain: Mapping[str, Any], entries: Sequence[Decision]) -> list[str]:
    found = []
    for one, following in pairwise(entries):
        if following.sequence != one.sequence + 1:
            found.append(f"entry {one.sequence + 1} of the log is missing")
        elif following.previous_hash != one.hash:
            found.append(f"entry {following.sequence} does not follow the one before")
    head = chain["head"]
    if not entries or (entries[-1].sequence, entries[-1].hash) != (head["sequence"], head["hash"]):
        found.append("the end of the log is missing")
    return found


def _of_case(pack: Mapping[str, Any], entries: Sequence[Decision]) -> list[str]:
    """Whether the case says what the log says of it."""
    own = [entry for entry in entries if entry.subject_key == pack["chain"]["subject_key"]]
    steps = [(step["sequence"], step["kind"], step["decision"]) for step in pack["case"]["history"]]
    logged = [(one.sequence, one.kind, one.values().get("decision")) for one in own]
    found = [] if steps == logged else ["the history of the case is not that of the log"]
    decision = None
    for one in own:
        decision = one.values()["decision"] if one.kind == "queue.decide" else decision
        decision = None if one.kind in _UNDECIDED else decision
    closed = pack["case"]["decision"]
    return found if closed in (decision, "expired") else [*found, "the log decided otherwise"]


def _of_hashes(
    chain: Mapping[str, Any], entries: Sequence[Decision], vault: Vault | None
) -> list[str]:
    if vault is None:
        return []
    found = [
        f"entry {one.sequence} is not as it was written"
        for one in entries
        if one.hash != entry_hash(vault, one)
    ]
    head = chain["head"]
    is_sealed = head["seal"] == head_seal(vault, head["sequence"], head["hash"])
    return found if is_sealed else [*found, "the head of the log was changed"]
