"""guard: names resolve to public addresses or to nothing; a server's wish to be left alone is understood."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from scrapy.resolver import dnscache
from twisted.internet.address import IPv4Address, IPv6Address

from spiders.guard import GuardedResolver, refused_address, retry_after

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Answering:
    """A reactor whose resolver answers from a table, and a receiver of what comes through."""

    def __init__(self, table):
        self.table, self.nameResolver, self.resolved, self.done = table, self, [], 0

    def resolveHostName(self, receiver, hostName, portNumber=0, *_):  # noqa: N802, N803
        receiver.resolutionBegan(None)
        for address in self.table[hostName]:
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, portNumber))
        receiver.resolutionComplete()

    def resolutionBegan(self, resolution):  # noqa: N802
        pass

    def addressResolved(self, address):  # noqa: N802
        self.resolved.append(address.host)

    def resolutionComplete(self):  # noqa: N802
        self.done += 1


@pytest.fixture(autouse=True)
def _fresh_cache():
    dnscache.clear()
    yield
    dnscache.clear()


def resolve(host, addresses, *, test_site=False, times=1):
    network = Answering({host: addresses})
    resolver = GuardedResolver(network, 100, test_site=test_site)
    for _ in range(times):
        network.resolved.clear()
        resolver.resolveHostName(network, host, 80)
    assert network.done == times
    return network.resolved


def test_public_addresses_are_handed_on():
    assert resolve("a.example", ["8.8.8.8", "2400:3200::1"]) == ["8.8.8.8", "2400:3200::1"]


@pytest.mark.parametrize("private", ["10.0.0.7", "127.0.0.1", "::1", "fe80::1%eth0", "::ffff:192.168.1.1"])
def test_one_private_address_hides_the_whole_host(private):
    assert resolve("b.example", ["8.8.8.8", private, "1.1.1.1"]) == []
    assert refused_address("b.example") == private


def test_a_cached_answer_is_checked_as_well():
    assert resolve("c.example", ["10.0.0.7"], times=2) == []


def test_a_test_site_may_be_private():
    assert resolve("d.example", ["127.0.0.1"], test_site=True) == ["127.0.0.1"]
    assert refused_address("d.example") == ""


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
