"""The tables as the migrations make them are those the program writes to, and guard themselves."""

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import DBAPIError

from storage.errors import BadDatabase, JournalDamaged
from storage.journal.migrations import v001_journal
from storage.journal.opening import FILE, open_journal
from storage.journal.schema import newest, revision, upgrade
from storage.journal.tables import METADATA
from tests.storage.journal.entries import entries


def test_empty_becomes_the_tables_of_the_program(address: str) -> None:
    engine = create_engine(address.replace("postgresql:", "postgresql+pg8000:"))
    if address.startswith("sqlite"):
        Path(address.removeprefix("sqlite:///")).parent.mkdir()
    with engine.begin() as connection:
        assert revision(connection) == ""
        upgrade(connection, "here")
        upgrade(connection, "here")
        assert revision(connection) == newest() == v001_journal.revision
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        facts = inspect(connection)
        (check,) = facts.get_check_constraints("journal")
        assert (check["name"], check["sqltext"].strip("()")) == ("journal_from_one", "seq > 0")
    engine.dispose()


def test_opening_again_finds_everything(address: str) -> None:
    journal = open_journal(address, None)
    account = journal.add_account("a", "live", 1)
    journal.append(entries(account.id, 1, 12_345))
    journal.close()
    again = open_journal(address, None)
    assert again.accounts() == (account,)
    assert list(again.entries(account.id)) == entries(account.id, 1, 12_345)
    again.close()


REFUSED = (
    "UPDATE journal SET kind = 'Other' WHERE seq = 2",
    "DELETE FROM journal WHERE seq = 3",
    "DELETE FROM journal",
    "UPDATE accounts SET name = 'b'",
    "DELETE FROM accounts",
    "INSERT INTO journal VALUES (1, 5, 1, 'Filled', '', NULL, 0)",
    "INSERT INTO journal VALUES (1, 3, 1, 'Filled', '', NULL, 0)",
    "INSERT INTO journal VALUES (1, 0, 1, 'Filled', '', NULL, 0)",
    "INSERT INTO journal VALUES (1, 4, 1, 'Filled', '', 'k3', 0)",
    "INSERT INTO journal VALUES (2, 1, 1, 'Filled', '', NULL, 0)",
)
REFUSED_OF = {
    "postgresql": ("TRUNCATE journal", "TRUNCATE accounts CASCADE"),
    "sqlite": ("INSERT OR REPLACE INTO journal VALUES (1, 3, 1, 'Filled', '', NULL, 0)",),
}


def test_rows_can_only_be_added_in_order(address: str) -> None:
    journal = open_journal(address, None)
    account = journal.add_account("a", "live", 1).id
    journal.append(entries(account, 1, 3))
    engine = create_engine(address.replace("postgresql:", "postgresql+pg8000:"))
    for command in REFUSED + REFUSED_OF[engine.dialect.name]:
        with pytest.raises(DBAPIError), engine.begin() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.exec_driver_sql(command)
        assert list(journal.entries(account)) == entries(account, 1, 3), command
        assert [known.name for known in journal.accounts()] == ["a"], command
    engine.dispose()
    journal.close()


def test_many_programs_may_make_the_tables_at_once(address: str) -> None:
    with ThreadPoolExecutor(6) as threads:
        journals = list(threads.map(lambda _: open_journal(address, None), range(6)))
    account = journals[0].add_account("a", "live", 1)
    for journal in journals:
        assert journal.accounts() == (account,)
        journal.close()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("UPDATE journal SET crc = 1 WHERE seq = 2", "entry 2 of paper account 1 is damaged: its"),
        ("UPDATE journal SET time_ns = 9 WHERE seq = 3", "entry 3 of paper account 1 is damaged"),
        ("DELETE FROM journal WHERE seq = 2", "entry 2 of paper account 1 is damaged: it is miss"),
    ],
)
def test_what_was_changed_behind_the_guards_is_seen(
    tmp_path: Path, command: str, words: str
) -> None:
    journal = open_journal(None, tmp_path)
    journal.append(entries(journal.add_account("a", "live", 1).id, 1, 5))
    with sqlite3.connect(tmp_path / FILE) as connection:
        for trigger in ("journal_no_update", "journal_no_delete"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(command)
    connection.close()
    with pytest.raises(JournalDamaged, match=words):
        list(journal.entries(1))
    journal.close()


def test_tables_of_a_newer_program_are_left_alone(tmp_path: Path) -> None:
    open_journal(None, tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v999'")
    connection.close()
    with pytest.raises(BadDatabase, match="are v999, made by a newer Candlecast; known is v001"):
        open_journal(None, tmp_path)


def test_a_rest_moves_the_log_into_the_file(tmp_path: Path) -> None:
    journal = open_journal(None, tmp_path / "a")
    account = journal.add_account("a", "live", 1).id
    journal.append(entries(account, 1, 5))
    journal.rest()
    (tmp_path / "b").mkdir()
    shutil.copy(tmp_path / "a" / FILE, tmp_path / "b" / FILE)  # without the log
    copy = open_journal(None, tmp_path / "b")
    assert list(copy.entries(account)) == entries(account, 1, 5)
    copy.close()
    journal.append(entries(account, 6, 7))
    assert journal.last(account) == 7
    journal.close()
