"""guard: names resolve to public addresses or are refused; a server's wish to be left alone is understood."""

import asyncio
import socket
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from scrapy.exceptions import CannotResolveHostError

from spiders.guard import PrivateAddressError, Resolver, retry_after

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def resolve(addresses, *, test_site=False, times=1):
    """Resolve a host that the network knows under some addresses; returns what is handed on, and how often was asked."""
    asked = []

    async def lookup(host, port):
        asked.append(host)
        if isinstance(addresses, Exception):
            raise addresses
        return addresses

    async def several():
        resolver = Resolver(test_site=test_site, lookup=lookup)
        return [await resolver.addresses("a.example", 80, "http://a.example/") for _ in range(times)]

    return asyncio.run(several())[-1], len(asked)


def test_public_addresses_are_handed_on_once_each_and_ipv4_first():
    assert resolve(["2400:3200::1", "8.8.8.8", "8.8.8.8"])[0] == ("8.8.8.8", "2400:3200::1")


@pytest.mark.parametrize("private", ["10.0.0.7", "127.0.0.1", "::1", "fe80::1%eth0", "::ffff:192.168.1.1"])
def test_one_private_address_refuses_the_whole_host(private):
    with pytest.raises(PrivateAddressError, match=private):
        resolve(["8.8.8.8", private, "1.1.1.1"])


def test_a_host_is_looked_up_once():
    assert resolve(["8.8.8.8"], times=3) == (("8.8.8.8",), 1)


def test_a_test_site_may_be_private():
    assert resolve(["127.0.0.1"], test_site=True)[0] == ("127.0.0.1",)


@pytest.mark.parametrize(
    "answer", [[], socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")]
)
def test_a_host_without_an_address_is_said_to_have_none(answer):
    with pytest.raises(CannotResolveHostError, match=r"a\.example"):
        resolve(answer)


@pytest.mark.parametrize(
    "value, seconds",
    [
        ("120", 120),
        (" 7 ", 7),
        (format_datetime(datetime(2026, 11, 25, 12, 1, tzinfo=UTC), usegmt=True), 60),
        (format_datetime(datetime(2026, 11, 25, 11, 0, tzinfo=UTC), usegmt=True), 0),
        ("", 0),
        ("-3", 0),
        ("1.5", 0),
        ("²", 0),
        ("soon", 0),
    ],
)
def test_retry_after_is_a_number_or_a_date(value, seconds):
    assert retry_after(value, NOW) == seconds
