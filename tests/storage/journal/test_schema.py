"""The tables as the migrations make them are those the program writes to, and guard themselves."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from storage.errors import BadDatabase
from storage.journal.migrations import v001_journal
from storage.journal.opening import FILE, open_journal
from storage.journal.schema import newest, revision, upgrade
from storage.journal.tables import METADATA


def test_empty_becomes_the_tables_of_the_program(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with engine.begin() as connection:
        assert revision(connection) == ""
        upgrade(connection, "here")
        upgrade(connection, "here")
        assert revision(connection) == newest() == v001_journal.revision
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        checks = inspect(connection).get_check_constraints("journal")
        assert [check["sqltext"] for check in checks] == ["seq > 0"]
    engine.dispose()


def test_tables_of_a_newer_program_are_left_alone(tmp_path: Path) -> None:
    open_journal(None, tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v999'")
    connection.close()
    with pytest.raises(BadDatabase, match="are v999, made by a newer Candlecast; known is v001"):
        open_journal(None, tmp_path)
