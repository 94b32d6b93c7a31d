"""Each kind of journal that there is, empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.journal.entry import Journal
from storage.journal.opening import open_journal
from tests.storage.journal.postgres_server import PostgresServer


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL server; skips the test where that is not installed."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'a folder' / 'paper.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """An empty journal of each kind."""
    where = None
    if request.param == "postgres":
        where = request.getfixturevalue("postgres").new_database()
    opened = open_journal(where, tmp_path if request.param == "sqlite" else None)
    yield opened
    opened.close()
