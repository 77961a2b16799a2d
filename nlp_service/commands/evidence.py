"""`nlp-service audit evidence | check`: a case for outside, and whether such a pack holds."""

from pathlib import Path
from typing import Annotated

import typer

from nlp_service.commands.console import BAD_LINES, OK, err, out
from nlp_service.errors import ClientError
from nlp_service.settings import Settings


def evidence(
    item: Annotated[str, typer.Argument(metavar="ID", help="Key of the case, or how it begins")],
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the files go")],
) -> int:
    """Write the evidence of a case: JSON with its proof, and a page to read."""
    from datetime import UTC, datetime

    from nlp_service.buyers import BuyerBook
    from nlp_service.commands.audit import existing_secret
    from nlp_service.commands.webhooks import open_store
    from nlp_service.evidence.pack import pack_of, written
    from nlp_service.moderation.desk import ModerationDesk
    from nlp_service.storage.vault import Vault

    settings = Settings.from_env()
    with open_store(settings) as store:
        key = ModerationDesk(store, BuyerBook(store)).find(item)
        pack = pack_of(store, Vault(existing_secret(settings)), key, now=datetime.now(UTC))
    for path in written(pack, folder):
        out().print(str(path), soft_wrap=True)
    err().print(f"public key: {pack['signature']['public_key']}", soft_wrap=True)
    return OK


def check(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="The JSON of a pack")],
    public_key: Annotated[
        str | None, typer.Option(help="The signer's key, from elsewhere than the pack")
    ] = None,
    own: Annotated[bool, typer.Option("--own", help="Check with this service's secret")] = False,
) -> int:
    """Check a pack, and the page beside it; exit 1 and what is wrong with it."""
    from nlp_service.commands.audit import existing_secret
    from nlp_service.evidence.pack import read_pack
    from nlp_service.evidence.page import page_of
    from nlp_service.evidence.proof import problems_of
    from nlp_service.storage.vault import Vault

    if public_key is not None and own:
        raise ClientError("give either --public-key or --own, and not both")
    vault = Vault(existing_secret(Settings.from_env())) if own else None
    pack = read_pack(source)
    found = problems_of(pack, public_key=public_key, vault=vault)
    page = source.with_suffix(".html")
    if page.exists() and not found and page.read_text("utf-8") != page_of(pack):
        found = ["the page beside it says something else"]
    for why in found:
        out().print(f"evidence broken: {why}", soft_wrap=True)
    if found:
        return BAD_LINES
    out().print("evidence whole")
    if not (public_key or own):
        err().print("its own key signed it; compare with the service's, or give --public-key")
    return OK
