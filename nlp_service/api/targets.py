"""Where a webhook may go: to the open internet, over TLS, and to no machine inside.

    url -> host -> every address of it -> all outside? -> connect to that address, not to the name

The address that was checked is the one connected to, so that a name which answers differently a
moment later (DNS rebinding) gains nothing.
"""

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from nlp_service.errors import ServiceError

_Address = IPv4Address | IPv6Address
# RFC 6052: an IPv4 address behind a translator, in the last 32 bits.
_NAT64 = ip_network("64:ff9b::/96")
_PORTS = {"https": 443, "http": 80}


class TargetError(ServiceError):
    """A receiver is where nothing may be sent, or is not known."""

    title = "Receiver refused"


@dataclass(frozen=True, slots=True)
class Target:
    """What to connect to (`url` has the address) and whom to ask for there."""

    url: str
    host: str
    authority: str


async def target_of(url: str, *, is_private_allowed: bool) -> Target:
    """The target of a receiver's address; raises TargetError."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_private_allowed:
        raise TargetError("a receiver must be https (NLP_SERVICE_WEBHOOK_PRIVATE allows http)")
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    found = await _addresses(host, port)
    if not is_private_allowed and not all(is_outside(address) for address in found):
        raise TargetError("a receiver is inside (NLP_SERVICE_WEBHOOK_PRIVATE allows that)")
    chosen = f"[{found[0]}]" if found[0].version == 6 else str(found[0])
    return Target(
        parts._replace(netloc=f"{chosen}:{port}", fragment="").geturl(), host, parts.netloc
    )


async def _addresses(host: str, port: int) -> list[_Address]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TargetError("the name of a receiver is not known") from error
    # IPv4 first: of hosts with both it is the one that is more often reachable.
    addresses = {ip_address(str(row[4][0]).partition("%")[0]) for row in found}
    return sorted(addresses, key=lambda address: (address.version, str(address)))


def is_outside(address: _Address) -> bool:
    """Whether an address, and any address inside it, is one of the open internet."""
    inner = _inner(address)
    if inner is not None:
        return is_outside(inner)
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _inner(address: _Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
