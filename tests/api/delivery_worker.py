"""A process that delivers for ever, to be killed: python -m tests.api.delivery_worker URL HOOK."""

import asyncio
import sys

from nlp_service.api.delivery import Deliveries
from nlp_service.api.metrics import Metrics
from nlp_service.settings import Receiver
from nlp_service.storage.database import open_database
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault

SECRET = b"a secret of the tests"
HOOK_SECRET = "a secret of the receiver"


def main() -> None:
    """Arguments only."""
    store = Store(open_database(sys.argv[1]), Vault(SECRET))
    receivers = [Receiver(sys.argv[2], HOOK_SECRET)]
    deliveries = Deliveries(store, receivers, Metrics(), is_private_allowed=True, pause_s=0.05)
    asyncio.run(deliveries.run())


if __name__ == "__main__":
    main()
