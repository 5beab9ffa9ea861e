from collections.abc import Iterator

import pytest

from tests.chaos.processes import Keeper


@pytest.fixture(scope="session")
def keeper() -> Iterator[Keeper]:
    """Has imported the gateway once for all runs of this session."""
    with Keeper(warm=True) as keeper:
        yield keeper
