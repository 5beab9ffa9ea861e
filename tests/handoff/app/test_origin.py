"""Limits by address count whoever may have many addresses as one."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.app.origin import network, origin


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_whom_an_address_counts_for(address: str, counted: str) -> None:
    assert network(address) == counted
    assert origin({"type": "http", "client": (address, 1)}) == counted


def test_who_has_no_address_counts_for_nobody() -> None:
    assert origin({"type": "http", "client": None}) == origin({"type": "http"}) == ""


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_one_line_counts_once_and_two_lines_twice(line: int, one: int, other: int) -> None:
    line |= 0x2001 << 48
    assert network(str(IPv6Address(line << 64 | one))) == network(str(IPv6Address(line << 64 | other)))
    assert network(str(IPv6Address(line << 64 | one))) != network(str(IPv6Address(line + 1 << 64 | one)))


@given(st.ip_addresses(v=4))
def test_an_address_of_the_older_kind_is_itself(address: IPv4Address) -> None:
    assert network(str(address)) == str(address)
