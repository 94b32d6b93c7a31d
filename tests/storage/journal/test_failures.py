"""A database that is locked, full, gone, cut off or restarted: told, waited for, nothing twice."""

import logging
import resource
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Literal

import pytest

from storage.errors import AccountBusy, BadDatabase, JournalConflict, JournalFailed, StorageError
from storage.journal import database
from storage.journal import postgres as driver
from storage.journal import writer as writing_thread
from storage.journal.entry import Entry, Journal
from storage.journal.opening import FILE, open_journal
from storage.journal.writer import JournalWriter
from tests.storage.journal.answers import Answers
from tests.storage.journal.entries import entries
from tests.storage.journal.postgres_server import PASSWORD, PostgresServer
from tests.storage.journal.proxy import Proxy


@contextmanager
def writing(address: str) -> Iterator[tuple[Journal, JournalWriter, Answers]]:
    """A writer of a journal with the claimed account 1 and entries 1 to 3."""
    journal, answers = open_journal(address, None), Answers()
    journal.claim(journal.add_account("a", "live", 1).id)
    writer = JournalWriter(journal, answers.say)
    writer.start()
    answers.write(writer, entries(1, 1, 3))
    answers.wait_for(1)
    try:
        yield journal, writer, answers
    finally:
        writer.close()
        journal.close()


def test_a_locked_file_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / FILE
    with writing(f"sqlite:///{path}") as (journal, writer, answers):
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answers.write(writer, entries(1, 4, 5))
        answers.wait_for_words("database is locked")
        answers.write(writer, entries(1, 6, 6))
        assert (
            str(writer.state())
            == f"failing: the journal in {path} is out of reach: database is locked"
        )
        assert journal.last(1) == 3
        other.execute("ROLLBACK")
        other.close()
        assert answers.wait_for(3) == [(3, None), (5, None), (6, None)]
        assert list(journal.entries(1)) == entries(1, 1, 6)


def test_readers_in_a_loop_keep_no_writer_waiting(address: str) -> None:
    with writing(address) as (journal, writer, answers):
        ending, counts = threading.Event(), list[int]()

        def read() -> None:
            while not ending.is_set():
                found = list(journal.entries(1))
                assert [entry.seq for entry in found] == list(range(1, len(found) + 1))
                counts.append(len(found))

        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        try:
            for seq in range(4, 204):
                answers.write(writer, entries(1, seq, seq))
                answers.wait_for(seq - 2)
        finally:
            ending.set()
            for reader in readers:
                reader.join()
        assert answers.told == [(seq, None) for seq in range(3, 204)]
        assert answers.said == []
        assert len(counts) > 2


def test_a_file_that_was_moved_away_takes_nothing_until_it_is_back(tmp_path: Path) -> None:
    path, elsewhere = tmp_path / FILE, tmp_path / "elsewhere"
    with writing(f"sqlite:///{path}") as (journal, writer, answers):
        path.rename(elsewhere)
        answers.write(writer, entries(1, 4, 5))
        answers.wait_for_words("the file was removed or replaced")
        assert len(answers.told) == 1
        assert not path.exists()
        elsewhere.rename(path)
        assert answers.wait_for(2) == [(3, None), (5, None)]
        assert list(journal.entries(1)) == entries(1, 1, 5)


def test_what_goes_while_nothing_is_written_is_told_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing_thread, "QUIET_S", 0.05)
    monkeypatch.setattr(writing_thread, "LOOK_S", 0.05)
    path, elsewhere = tmp_path / FILE, tmp_path / "elsewhere"
    with writing(f"sqlite:///{path}") as (_, writer, answers):
        path.rename(elsewhere)
        answers.wait_for_words("the file was removed or replaced")
        assert writer.state().waiting == 0
        elsewhere.rename(path)
        answers.wait_for_words("")
        assert str(writer.state()) == "in sync"


def test_another_file_in_its_place_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / FILE
    open_journal(None, tmp_path / "other").close()
    with writing(f"sqlite:///{path}") as (_, writer, answers):
        (tmp_path / "other" / FILE).rename(path)
        answers.write(writer, entries(1, 4, 5))
        answers.wait_for_words("the file was removed or replaced")
        assert writer.close() == 2
    other = open_journal(None, tmp_path)
    assert other.accounts() == ()
    other.close()


def test_a_full_disk_is_waited_for(tmp_path: Path) -> None:
    with writing(f"sqlite:///{tmp_path / FILE}") as (journal, writer, answers):
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        big = Entry(1, 4, 4, "Filled", bytes(300_000))
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
        try:
            answers.write(writer, [big])
            answers.wait_for_words("disk")
            assert len(answers.told) == 1
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        answers.wait_for_words("")
        assert answers.wait_for(2) == [(3, None), (4, None)]
        assert list(journal.entries(1)) == [*entries(1, 1, 3), big]


def test_a_full_disk_of_a_server_is_waited_for(postgres: PostgresServer) -> None:
    """The server's own words and code for it, from a trigger: no test may fill a disk."""
    address = postgres.new_database()
    name = address.rpartition("/")[2]
    with writing(address) as (journal, writer, answers):
        postgres.run(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
            "EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; "
            "END $$",
            name,
        )
        postgres.run(
            "CREATE TRIGGER full_disk AFTER INSERT ON journal EXECUTE FUNCTION full_disk()", name
        )
        answers.write(writer, entries(1, 4, 5))
        answers.wait_for_words("No space left on device")
        answers.write(writer, entries(1, 6, 6))
        assert journal.last(1) == 3
        postgres.run("DROP TRIGGER full_disk ON journal", name)
        assert answers.wait_for(3) == [(3, None), (5, None), (6, None)]
        assert list(journal.entries(1)) == entries(1, 1, 6)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_restarts_in_the_middle_loses_nothing(
    postgres: PostgresServer, mode: Literal["fast", "immediate"]
) -> None:
    with writing(postgres.new_database()) as (journal, writer, answers):
        few = threading.Semaphore(4)

        def done(seq: int, error: StorageError | None) -> None:
            answers.done(seq, error)
            few.release()

        def pump() -> None:
            for entry in entries(1, 4, 400):
                few.acquire()
                writer.write([entry], partial(done, entry.seq))

        thread = threading.Thread(target=pump)
        thread.start()
        answers.wait_for(50)
        postgres.stop(mode)
        answers.wait_for_words("out of reach")
        postgres.start()
        thread.join()
        assert answers.wait_for(398) == [(seq, None) for seq in range(3, 401)]
        answers.wait_for_words("")
        assert list(journal.entries(1)) == entries(1, 1, 400)


def test_a_commit_whose_answer_was_lost_is_not_made_again(postgres: PostgresServer) -> None:
    name = postgres.new_database().rpartition("/")[2]
    proxy = Proxy(postgres.port)
    try:
        with writing(postgres.address(name, proxy.port)) as (journal, writer, answers):
            proxy.lose_answer_to(b"the lost one")
            lost = Entry(1, 4, 4, "Filled", b"{}", "the lost one")
            answers.write(writer, [lost])
            assert answers.wait_for(2) == [(3, None), (4, None)]
            assert proxy.lost.is_set()
            assert list(journal.entries(1)) == [*entries(1, 1, 3), lost]
    finally:
        proxy.close()


def test_a_server_that_falls_silent_counts_as_gone_and_gives_the_account_back(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "PATIENCE_S", 1.0)
    name = postgres.new_database().rpartition("/")[2]
    proxy = Proxy(postgres.port)
    try:
        with writing(postgres.address(name, proxy.port)) as (journal, writer, answers):
            proxy.keep_answer_to(b"the silent one")
            silent = Entry(1, 4, 4, "Filled", b"{}", "the silent one")
            answers.write(writer, [silent])
            answers.wait_for_words("out of reach")
            assert answers.wait_for(2) == [(3, None), (4, None)]
            assert list(journal.entries(1)) == [*entries(1, 1, 3), silent]
    finally:
        proxy.close()


def test_one_program_alone_writes_to_an_account(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LEAVING_S", 0.1)
    first, second = open_journal(address, None), open_journal(address, None)
    a, b = (first.add_account(name, "live", 1).id for name in "ab")
    first.claim(a)
    first.claim(a)
    with pytest.raises(AccountBusy, match=f"^paper account {a} in .* is being traded by another"):
        second.claim(a)
    second.claim(b)
    first.close()
    second.claim(a)
    second.append(entries(a, 1, 2))
    second.close()


def test_who_lost_the_account_meanwhile_cannot_write(postgres: PostgresServer) -> None:
    address = postgres.new_database()
    with writing(address) as (journal, writer, answers):
        other = open_journal(address, None)
        postgres.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND application_name = 'candlecast'"
        )
        other.claim(1)
        other.append(entries(1, 4, 5))
        answers.write(writer, [Entry(1, 4, 4, "Other", b"")])
        answers.wait_for_words("being traded by another process")
        other.close()
        assert isinstance(answers.wait_for(2)[1][1], JournalConflict)
        assert list(journal.entries(1)) == entries(1, 1, 5)


def test_no_message_holds_a_password(
    postgres: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    good = postgres.new_database()
    with writing(good) as (_, writer, answers), pytest.raises(JournalFailed) as nobody:
        answers.write(writer, [Entry(1, 9, 4, "Filled", b"")])
        answers.wait_for(2)
        open_journal(good.replace(str(postgres.port), "1"), None)
    with pytest.raises(JournalFailed) as wrong:
        open_journal(good.replace("trader:", "other:"), None)
    with pytest.raises(JournalFailed, match="Server refuses SSL"):
        open_journal(f"{good}?sslmode=verify-full", None)
    said = [str(nobody.value), str(wrong.value), str(answers.told[1][1]), caplog.text]
    assert "authentication failed" in said[1]
    assert all("trader:***@127.0.0.1" in words for words in (said[0], said[2]))
    assert not any(PASSWORD in words for words in said)


@pytest.mark.parametrize(
    "address",
    [
        "mysql://me:s3cret-word@db/paper",
        "postgresql://me:s3cret-word@db",
        "postgresql://me:s3cret-word@db:port/paper",
        "postgresql://me:s3cret-word@db/paper?sslmode=perhaps",
        "postgresql://me:s3cret-word@db/paper?password=s3cret-word",
        "sqlite://",
        "s3cret-word",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BadDatabase, match="cannot hold the journal: ") as refused:
        open_journal(address, None)
    assert PASSWORD not in str(refused.value)


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(JournalFailed, match="out of reach"):
        open_journal(None, tmp_path / "file")
    (tmp_path / FILE).write_bytes(b"not a database at all" * 500)
    with pytest.raises(JournalFailed, match="file is not a database"):
        open_journal(None, tmp_path)


def test_a_server_that_hangs_up_leaves_no_socket_open(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[socket.socket] = []

    def made_socket(address: tuple[str, int], _: float) -> socket.socket:
        ours, theirs = socket.socketpair()
        theirs.close()
        made.append(ours)
        return ours

    monkeypatch.setattr(driver, "create_connection", made_socket)
    monkeypatch.setattr(socket.socket, "setsockopt", lambda *_: None)  # a pair has no keepalive
    with pytest.raises(JournalFailed, match="out of reach"):
        open_journal(f"postgresql://me:{PASSWORD}@127.0.0.1/paper", None)
    assert [line.fileno() for line in made] == [-1] * len(made) != []
