"""Accounts and their journal, to which rows may only be added, in order and without holes."""

import sqlalchemy as sa
from alembic import op

revision = "v001"
down_revision = None

TABLES = ("accounts", "journal")


def upgrade() -> None:
    """Make both tables and what guards them."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("market", sa.Text, nullable=False),
        sa.Column("opened_ns", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("market", "name", name="accounts_name"),
    )
    owner = sa.ForeignKey("accounts.id", name="journal_account")
    op.create_table(
        "journal",
        sa.Column("account", sa.Integer, owner, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("time_ns", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("crc", sa.BigInteger, nullable=False),
        sa.CheckConstraint("seq > 0", name="journal_from_one"),
        sqlite_with_rowid=False,
    )
    keyed = sa.text("key IS NOT NULL")
    op.create_index(
        "journal_key",
        "journal",
        ["account", "key"],
        unique=True,
        sqlite_where=keyed,
        postgresql_where=keyed,
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgres()
    else:
        _guard_sqlite()


def _guard_sqlite() -> None:
    for table in TABLES:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    # Also keeps INSERT OR REPLACE out, which deletes without asking a trigger.
    op.execute(
        "CREATE TRIGGER journal_in_order BEFORE INSERT ON journal WHEN NEW.seq <> 1 + ("
        "SELECT coalesce(max(seq), 0) FROM journal WHERE account = NEW.account) "
        "BEGIN SELECT RAISE(ABORT, 'journal.seq does not follow the newest one'); END"
    )


def _guard_postgres() -> None:
    op.execute(
        "CREATE FUNCTION candlecast_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23001'; END $$"
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION candlecast_append_only()"
        )
    op.execute(
        "CREATE FUNCTION candlecast_in_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM journal WHERE account = NEW.account) "
        "THEN RAISE EXCEPTION 'journal.seq does not follow the newest one' "
        "USING ERRCODE = '23514'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER journal_in_order BEFORE INSERT ON journal "
        "FOR EACH ROW EXECUTE FUNCTION candlecast_in_order()"
    )
