"""Which addresses a webhook may go to."""

import asyncio
import socket
from ipaddress import ip_address
from typing import Any

import pytest

from nlp_service.api.targets import TargetError, is_outside, target_of

INSIDE = [
    *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1"),
    *("::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
]


@pytest.mark.parametrize("address", INSIDE)
def test_inside_is_refused(address: str) -> None:
    assert not is_outside(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(TargetError, match="inside"):
        asyncio.run(target_of(f"https://{host}/hook", is_private_allowed=False))


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_outside_is_fine(address: str) -> None:
    assert is_outside(ip_address(address))


def test_plain_http_needs_the_setting() -> None:
    with pytest.raises(TargetError, match="https"):
        asyncio.run(target_of("http://1.1.1.1/", is_private_allowed=False))


def test_unknown_name_is_told_without_the_name() -> None:
    with pytest.raises(TargetError) as caught:
        asyncio.run(target_of("https://geheim.invalid/", is_private_allowed=False))
    assert "geheim" not in caught.value.detail


def resolver(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    async def found(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]

    monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", found)


def test_name_with_one_address_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(TargetError, match="inside"):
        asyncio.run(target_of("https://a.example/", is_private_allowed=False))


def test_checked_address_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver(monkeypatch, "8.8.8.8")
    target = asyncio.run(target_of("https://a.example/h?x=1#y", is_private_allowed=False))
    assert (target.url, target.host) == ("https://8.8.8.8:443/h?x=1", "a.example")
    assert target.authority == "a.example"
