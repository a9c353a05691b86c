"""Which web addresses are followed, and which computers may be reached."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from index.errors import ReadError
from rag.fetching.addresses import (
    Address,
    checked_addresses,
    is_public,
    is_public_elsewhere,
    look_up,
    source_address,
)
from rag.fetching.url import WebAddress, join_address, parse_address


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" https://Paper.Example/a?b=c#d ", "https://paper.example/a?b=c"),
        ("HTTPS://paper.example:443", "https://paper.example/"),
        ("http://paper.example:80/", "http://paper.example/"),
        ("https://paper.example:80/", "https://paper.example:80/"),
        ("https://paper.example:8443/x", "https://paper.example:8443/x"),
        ("https://bücher.example/größe?ä", "https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe?%C3%A4"),
        ("https://例え.テスト/", "https://xn--r8jz45g.xn--zckzah/"),
        ("https://paper.example/a%20b?q=%26&r=[1]", "https://paper.example/a%20b?q=%26&r=%5B1%5D"),
        ("https://[2001:DB8:0:0::1]:8080/x", "https://[2001:db8::1]:8080/x"),
        ("http://127.1/", "http://127.1/"),
        ("http://１２７.0.0.1/", "http://127.0.0.1/"),
        ("https://paper.example./", "https://paper.example./"),
    ],
)
def test_an_address_is_written_in_one_way(typed: str, read: str) -> None:
    assert str(parse_address(typed)) == read
    assert parse_address(read) == parse_address(typed)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("paper.example/a", "begins with https://"),
        ("", "begins with https://"),
        ("ftp://paper.example/a", "begins with https://"),
        ("file:///etc/passwd", "begins with https://"),
        ("javascript:alert(1)", "begins with https://"),
        ("https:///a", "begins with https://"),
        ("https://me:secret@paper.example/", "name or password"),
        ("https://@paper.example/", "name or password"),
        ("https://paper.example@127.0.0.1/", "name or password"),
        ("https://paper.example\\@127.0.0.1/", "copy it again"),
        ("https://paper.exa\tmple/", "copy it again"),
        ("https://paper.example/a\r\nHost: x", "copy it again"),
        ("https://paper.example/" + "a" * 4000, "copy it again"),
        ("https://paper.example/caf\udce9", "copy it again"),
        ("https://paper.example:25/", "port 25"),
        ("https://paper.example:0/", "port 0"),
        ("https://paper.example:99999/", "out of range"),
        ("https://[::1/", "Invalid IPv6"),
        ("https://[nonsense]/", "."),
        ("https://pa%70er.example/", "check the host"),
        ("https://paper..example/", "check the host"),
        ("https://-paper.example/", "check the host"),
        ("https://" + "a" * 64 + "é.example/", "check the host"),
        ("https://" + ".".join(["a" * 60] * 5) + "/", "check the host"),
    ],
)
def test_what_is_no_address_of_a_page_is_refused(typed: str, why: str) -> None:
    with pytest.raises(ReadError, match=why) as caught:
        parse_address(typed)
    assert "\n" not in str(caught.value)
    assert "\r" not in str(caught.value)


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("next", "https://paper.example/a/next"),
        ("/next?x", "https://paper.example/next?x"),
        ("../up", "https://paper.example/up"),
        ("//other.example/x", "https://other.example/x"),
        ("http://other.example/ä#b", "http://other.example/%C3%A4"),
        ("?page=2", "https://paper.example/a/b?page=2"),
    ],
)
def test_a_location_may_be_relative(location: str, there: str) -> None:
    assert str(join_address(parse_address("https://paper.example/a/b?c"), location)) == there


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://x/", "https://[", "//u@x/"])
def test_a_location_is_read_as_strictly_as_an_address(location: str) -> None:
    with pytest.raises(ReadError):
        join_address(WebAddress("https", "paper.example", 443, "/"), location)


PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "172.15.255.255",
    "172.32.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "169.253.255.255",
    "192.0.1.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]
NOT_PUBLIC = [
    *("0.0.0.0", "0.255.255.255"),  # noqa: S104 - this network
    *("10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255"),  # private
    *("192.168.0.0", "192.168.255.255"),
    *("100.64.0.0", "100.100.100.200", "100.127.255.255"),  # carriers; one cloud's metadata
    *("127.0.0.1", "127.255.255.255"),  # this machine
    *("169.254.0.1", "169.254.169.254", "169.254.170.2"),  # link-local; the clouds' metadata
    *("192.0.0.1", "192.0.0.192"),  # protocol assignments
    *("192.0.2.1", "198.51.100.1", "203.0.113.1"),  # documentation
    *("192.88.99.1", "168.63.129.16"),  # 6to4 relays; Azure's host
    *("198.18.0.0", "198.19.255.255"),  # benchmarks
    *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),  # multicast, reserved
    *("::", "::1", "::7f00:1", "::8.8.8.8"),  # this machine; IPv4-compatible
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:0:8.8.8.8"),  # IPv4 in IPv6
    *("64:ff9b::10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b:1::8.8.8.8"),  # NAT64
    *("100::1", "5f00::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),  # discard, Teredo
    *("2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "3fff::1"),  # benchmarks, ORCHID
    *("2002:7f00:1::1", "2002:808:808::1"),  # 6to4
    *("fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1"),
    *("4000::1", "8000::1"),  # not assigned
]


@pytest.mark.parametrize("address", PUBLIC)
def test_computers_on_the_public_internet_are_reached(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_all_others_are_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    with pytest.raises(ReadError, match="not on the public internet"):
        checked_addresses("x.example", 80, 9, is_public, lambda *_: [ip_address(address)])


@pytest.mark.parametrize(
    ("address", "own", "elsewhere"),
    [
        ("8.8.8.8", "10.0.0.7", True),
        ("8.8.8.8", "8.8.4.4", True),
        ("8.8.8.8", "8.8.8.8", False),
        ("::ffff:8.8.8.8", "8.8.8.8", False),
        ("64:ff9b::8.8.8.8", "8.8.8.8", False),
        ("2a00:1450:4001:80f::200e", "2a00:1450:4001:810::1", True),
        ("2a00:1450:4001:80f::200e", "2a00:1450:4001:80f::1", False),
        ("10.0.0.1", "10.0.0.7", False),
        ("8.8.8.8", None, True),
    ],
)
def test_the_public_address_of_this_machine_is_refused(
    address: str, own: str | None, elsewhere: bool
) -> None:
    def source(_: Address) -> Address | None:
        return None if own is None else ip_address(own)

    assert is_public_elsewhere(ip_address(address), source) == elsewhere


def test_this_machine_is_reached_from_the_address_itself() -> None:
    assert source_address(ip_address("127.0.0.1")) == ip_address("127.0.0.1")


def test_one_private_address_among_public_ones_is_enough() -> None:
    found = [ip_address("8.8.8.8"), ip_address("10.0.0.1"), ip_address("8.8.4.4")]
    with pytest.raises(
        ReadError, match=r"^x\.example is not on the public internet \(10\.0\.0\.1\)"
    ):
        checked_addresses("x.example", 80, 9, is_public, lambda *_: found)


def test_addresses_come_once_each_and_are_looked_up_once() -> None:
    asked: list[tuple[str, int]] = []

    def answer(host: str, port: int) -> Sequence[Address]:
        asked.append((host, port))
        return [ip_address("8.8.8.8"), ip_address("8.8.4.4"), ip_address("8.8.8.8")]

    found = checked_addresses("x.example", 81, 9, is_public, answer)
    assert found == [ip_address("8.8.8.8"), ip_address("8.8.4.4")]
    assert asked == [("x.example", 81)]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "::1", "localhost"]
)
def test_every_spelling_of_this_machine_is_refused(host: str) -> None:
    with pytest.raises(ReadError, match=r"not on the public internet|cannot be found"):
        checked_addresses(host, 80, 9, is_public, look_up)


def test_a_host_without_an_address_is_one_line() -> None:
    def nothing(*_: object) -> Sequence[Address]:
        raise OSError("no such host")

    for answer in (nothing, lambda *_: []):
        with pytest.raises(ReadError, match=r"^x\.example cannot be found; check its spelling"):
            checked_addresses("x.example", 80, 9, is_public, answer)


def test_a_look_up_that_hangs_ends_with_the_time() -> None:
    never = threading.Event()

    def hang(*_: object) -> Sequence[Address]:
        never.wait()
        return []

    with pytest.raises(ReadError, match=r"looking up x\.example took too long"):
        checked_addresses("x.example", 80, 0.05, is_public, hang)
    never.set()
