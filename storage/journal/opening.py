"""Which journal a program gets."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import BadDatabase
from storage.journal.database import DatabaseJournal
from storage.journal.database_kind import Database
from storage.journal.entry import Journal
from storage.journal.memory import MemoryJournal
from storage.journal.postgres import PostgresDatabase
from storage.journal.sqlite import SqliteDatabase

FILE = "paper.sqlite"
POSTGRES = ("postgresql", "postgres", "postgresql+pg8000")
ALLOWED = "allowed are postgresql://USER:PASSWORD@HOST:PORT/NAME and sqlite:///PATH"


def open_journal(address: str | None, store: Path | None) -> Journal:
    """The journal of database ``address``; without one in the folder ``store``, else in memory.

    ``address`` is ``postgresql://USER:PASSWORD@HOST:PORT/NAME`` or ``sqlite:///PATH``. Raises
    ``BadDatabase`` for another one and for tables of a newer program, ``JournalFailed`` when the
    database cannot be reached at the moment.
    """
    if address is None and store is None:
        return MemoryJournal()
    journal = DatabaseJournal(_database(address, store))
    journal.open()
    return journal


def _database(address: str | None, store: Path | None) -> Database:
    if address is None:
        assert store is not None
        return SqliteDatabase(store / FILE)
    url = _parsed(address)
    if url.drivername in POSTGRES and url.host and url.database and url.username:
        return PostgresDatabase(url)
    if url.drivername == "sqlite" and url.database and not url.query:
        return SqliteDatabase(Path(url.database))
    raise BadDatabase(url.render_as_string(), ALLOWED)


def _parsed(address: str) -> URL:
    try:
        return make_url(address)
    except (ArgumentError, ValueError):  # it may hold a password anywhere
        raise BadDatabase("that address", ALLOWED) from None
