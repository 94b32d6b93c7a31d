"""The tables of the journal. :mod:`storage.journal.migrations` makes them; a test compares both."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("market", Text, nullable=False),
    Column("opened_ns", BigInteger, nullable=False),
    UniqueConstraint("market", "name", name="accounts_name"),
)

JOURNAL = Table(
    "journal",
    METADATA,
    Column("account", Integer, ForeignKey("accounts.id", name="journal_account"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("time_ns", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("key", Text),
    Column("crc", BigInteger, nullable=False),
    CheckConstraint("seq > 0", name="journal_from_one"),
    sqlite_with_rowid=False,
)

KEYS = Index(
    "journal_key",
    JOURNAL.c.account,
    JOURNAL.c.key,
    unique=True,
    sqlite_where=JOURNAL.c.key.is_not(None),
    postgresql_where=JOURNAL.c.key.is_not(None),
)
