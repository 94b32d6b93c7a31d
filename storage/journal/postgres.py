"""The journal in PostgreSQL, through pg8000."""

import logging
import ssl
from collections.abc import Sequence
from functools import partial
from socket import SO_KEEPALIVE, SOL_SOCKET, close, create_connection
from typing import Any, NamedTuple

import pg8000
from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from storage.errors import AccountBusy, BadDatabase
from storage.journal.database_kind import UNREACHABLE
from storage.journal.entry import Entry, checksum

PATIENCE_S = 10.0
"""How long the server may take to answer before it counts as gone."""
PORT = 5432
LOCK = 0x43_43  # "CC": parts our advisory locks from those of other programs
SSL_MODES = ("disable", "require", "verify-full")
SETTINGS = {
    "synchronous_commit": "on",
    "statement_timeout": "8s",
    # A session whose program is gone must give its accounts back soon.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}
INSERT = (
    "INSERT INTO journal (account, seq, time_ns, kind, body, key, crc) SELECT * FROM unnest("
    "CAST(%s AS integer[]), CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS text[]), "
    "CAST(%s AS bytea[]), CAST(%s AS text[]), CAST(%s AS bigint[]))"
)
THIS_SESSION = (
    "SELECT pid, backend_start, current_setting('fsync') FROM pg_stat_activity "
    "WHERE pid = pg_backend_pid()"
)
END_SESSION = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND backend_start = %s"
)

log = logging.getLogger(__name__)


class _Session(NamedTuple):
    """A session of ours as the server knows it; no later one is the same."""

    pid: int
    began: Any


class PostgresDatabase:
    """See :class:`storage.journal.database_kind.Database`.

    Accounts are claimed by advisory locks of the session that writes: who has lost the session has
    lost the right to write until it is claimed anew. Raises :class:`BadDatabase` for a ``url``
    whose options are none of ours.
    """

    def __init__(self, url: URL) -> None:
        self.where = url.render_as_string()
        arguments = {"timeout": PATIENCE_S, "application_name": "candlecast", **_ssl(url)}
        make = partial(
            create_engine,
            url.set(drivername="postgresql+pg8000", query={}),
            connect_args=arguments,
            hide_parameters=True,
        )
        self.engine = make(pool_size=1)
        # Never one from a pool: pg8000 in autocommit stays in a transaction that it came in with.
        self._holding = make(poolclass=NullPool, isolation_level="AUTOCOMMIT")
        for engine in (self.engine, self._holding):
            event.listen(engine, "do_connect", _connect)
            event.listen(engine, "connect", _settle)
        self._session: _Session | None = None

    def exclude(self, connection: Connection) -> None:
        """Take the advisory lock that no account has."""
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s, 0)", (LOCK,))

    def hold(self) -> Connection:
        """A connection for writing; the session before it, if the server still has it, is ended.

        Otherwise one that was cut off would keep the accounts until the server finds out.
        """
        connection = self._holding.connect()
        try:
            if self._session is not None:
                connection.exec_driver_sql(END_SESSION, tuple(self._session))
            pid, began, fsync = connection.exec_driver_sql(THIS_SESSION).one()
        except UNREACHABLE:
            connection.invalidate()
            connection.close()
            raise
        if fsync == "off":
            log.warning("%s has fsync=off: a power cut may cost what it has confirmed", self.where)
        self._session = _Session(pid, began)
        return connection

    def claim(self, connection: Connection, account: int) -> None:
        """Take the account's advisory lock; raises ``AccountBusy``."""
        row = connection.exec_driver_sql(
            "SELECT pg_try_advisory_lock(%s, %s)", (LOCK, account)
        ).one()
        if not row[0]:
            raise AccountBusy(account, self.where)

    def add(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Add ``entries`` by one statement, which is a transaction of its own."""
        rows = [(*entry, checksum(entry)) for entry in entries]
        connection.exec_driver_sql(INSERT, tuple([*column] for column in zip(*rows, strict=True)))

    def rest(self, connection: Connection) -> None:
        """See whether the server is still there."""
        connection.exec_driver_sql("SELECT 1")

    def close(self) -> None:
        """Nothing is left to give back: accounts went with the session."""
        self.engine.dispose()
        self._holding.dispose()


def _connect(
    _: Dialect, __: ConnectionPoolEntry, ___: Sequence[Any], options: dict[str, Any]
) -> DBAPIConnection:
    """A connection through a socket of ours: pg8000 leaves its own open if the greeting fails."""
    line = create_connection((options["host"], options.get("port", PORT)), PATIENCE_S)
    try:
        line.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)
        connection: DBAPIConnection = pg8000.Connection(**options, sock=line)
    except BaseException:
        # pg8000's file on it would put off an orderly closing until the file is collected.
        if line.fileno() >= 0:
            close(line.detach())
        raise
    return connection


def _settle(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    settings = ", ".join(
        f"set_config('{name}', '{value}', false)" for name, value in SETTINGS.items()
    )
    cursor.execute(f"SELECT {settings}")
    cursor.close()
    connection.commit()


def _ssl(url: URL) -> dict[str, Any]:
    """What ``sslmode``, the only option of an address, means to the driver."""
    mode = url.query.get("sslmode", "disable")
    if set(url.query) - {"sslmode"} or mode not in SSL_MODES:
        raise BadDatabase(
            url.set(query={}).render_as_string(),
            f"its options were {', '.join(url.query)}; allowed is sslmode={'|'.join(SSL_MODES)}",
        )
    if mode == "disable":
        return {}
    context = ssl.create_default_context()
    if mode == "require":  # encrypted, to whoever answers, as libpq means it
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return {"ssl_context": context}
