"""Says which computers may be reached: those on the public internet, and no others.

A web address can name the machine itself, a printer, or the service from which a cloud
machine gets its passwords. What a name stands for is looked up once; what was looked up
is checked, and the connection is made to that and not to the name.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from concurrent import futures
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from index.errors import ReadError
from rag.parts import Background

__all__ = [
    "Address",
    "LookUp",
    "UnknownHostError",
    "checked_addresses",
    "is_public",
    "is_public_elsewhere",
    "look_up",
    "source_address",
]

Address = IPv4Address | IPv6Address


class UnknownHostError(ReadError):
    """The name of a host stands for no address that is known here."""


LookUp = Callable[[str, int], Sequence[Address]]
"""From a host and a port to the addresses of the host, best first."""

_NAT64 = IPv6Network("64:ff9b::/96")
"""Stands for the IPv4 address in its last 32 bits (RFC 6052)."""
_ASSIGNED = IPv6Network("2000::/3")
"""All public IPv6 addresses that there are (iana.org/assignments/ipv6-address-space)."""
# Beyond what `is_global` refuses in every supported Python: the special blocks of the IANA
# registries that older ones do not know, and a host that only looks public.
_SPECIAL = tuple(
    ip_network(block)
    for block in (
        "192.0.0.0/24",  # protocol assignments; one cloud's metadata
        "192.88.99.0/24",  # relays of 6to4
        "168.63.129.16/32",  # the host of every machine in Azure
        "2001::/23",  # protocol assignments, with Teredo's tunnels to IPv4
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: tunnels to IPv4
        "3fff::/20",  # documentation
    )
)


def source_address(address: Address) -> Address | None:
    """Return this machine's address from which it would reach another; None where it cannot.

    Nothing is sent: connecting such a socket only chooses the way. To the address of one of the
    machine's networks, it leads from that address itself.
    """
    family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), 443))
            return ip_address(probe.getsockname()[0])
    except OSError:
        return None


def is_public(address: Address) -> bool:
    """Say whether an address is a single computer on the public internet.

    >>> [is_public(ip_address(a)) for a in ("1.1.1.1", "127.0.0.1", "::ffff:10.0.0.1")]
    [True, False, False]
    """
    address = _meant(address)
    if isinstance(address, IPv6Address) and address not in _ASSIGNED:
        return False
    if not address.is_global or address.is_multicast:
        return False
    return not any(address in block for block in _SPECIAL)


def is_public_elsewhere(
    address: Address, source: Callable[[Address], Address | None] = source_address
) -> bool:
    """Say whether an address is a computer on the public internet, and not this one or its network.

    A machine whose own address is public listens there for its owner too.

    Args:
        address: what a name stands for.
        source: from which of this machine's addresses another one is reached.
    """
    address = _meant(address)
    if not is_public(address):
        return False
    own = source(address)
    if isinstance(own, IPv6Address) and isinstance(address, IPv6Address):
        return int(own) >> 64 != int(address) >> 64
    return own != address


def _meant(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def look_up(host: str, port: int) -> Sequence[Address]:
    """Return the addresses of a host as the system knows them.

    Raises:
        OSError: it has none.
    """
    # As bytes, or Python would encode it by rules of its own.
    found = socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM)
    return [ip_address(sockaddr[0]) for *_, sockaddr in found]


def checked_addresses(
    host: str, port: int, seconds: float, allowed: Callable[[Address], bool], look_up: LookUp
) -> list[Address]:
    """Return the addresses of a host, each once, if every one of them may be reached.

    Args:
        host: a name, or an address itself.
        port: where it is to be reached.
        seconds: how long looking it up may take.
        allowed: which addresses may be reached.
        look_up: how a name is looked up; called once.

    Raises:
        UnknownHostError: it has no address.
        ReadError: it has one that may not be reached, or looking it up took too long.
    """
    try:
        # The system's look-up cannot be stopped, and Python must not wait for it at its end.
        found = Background(lambda: look_up(host, port), "byline-look-up").start()
        addresses = list(dict.fromkeys(found(max(0.0, seconds))))
    except (TimeoutError, futures.TimeoutError):  # Two before Python 3.11.
        raise ReadError(f"looking up {host} took too long; check the connection") from None
    except (OSError, UnicodeError):
        addresses = []
    if not addresses:
        raise UnknownHostError(f"{host} cannot be found; check its spelling and the connection")
    for address in addresses:
        if not allowed(address):
            which = "" if str(address) == host else f" ({address})"
            raise ReadError(
                f"{host} is not on the public internet{which}; "
                "save the page from a browser and add the file"
            )
    return addresses
