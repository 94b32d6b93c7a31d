"""Fixtures of the server's tests."""

from collections.abc import Iterator

import pytest

from tests.server.harness import Running, run_server


@pytest.fixture
def server() -> Iterator[Running]:
    with run_server() as running:
        yield running
