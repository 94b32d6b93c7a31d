"""What SQLite and PostgreSQL do differently for the journal."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from storage.journal.entry import Entry

UNREACHABLE = (SQLAlchemyError, OSError)
"""What a database raises; pg8000 passes on some errors of its socket as they are."""


class Database(Protocol):
    """What differs between databases.

    ``where`` says which it is, without a password. Connections of ``engine`` with the execution
    option ``writes`` begin their transactions as writers.
    """

    where: str
    engine: Engine

    def exclude(self, connection: Connection) -> None:
        """Keep others from changing the tables until the transaction of ``connection`` ends."""
        ...

    def hold(self) -> Connection:
        """A connection for claims and entries."""
        ...

    def claim(self, connection: Connection, account: int) -> None:
        """Take ``account``; raises ``AccountBusy``. A second claim of the same is no error."""
        ...

    def add(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Add rows in a transaction of their own; they are on the disk when it returns."""
        ...

    def rest(self, connection: Connection) -> None:
        """Do what is better done while nobody waits."""
        ...

    def close(self) -> None:
        """Give back what was claimed."""
        ...
