"""Whom a connection counts for: limits by address hold for what one customer can be given."""

from ipaddress import IPv6Address, ip_address

from starlette.types import Scope

_HOST_BITS = 64


def origin(scope: Scope) -> str:
    """The address that a request or websocket came from, of IPv6 its /64; empty where there is none."""
    client = scope.get("client")
    return network(client[0]) if client else ""


def network(address: str) -> str:
    """One line has as many IPv6 addresses as it wants, all within a /64. What is no address is left as it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return f"{IPv6Address(int(found) >> _HOST_BITS << _HOST_BITS)}/{_HOST_BITS}"
