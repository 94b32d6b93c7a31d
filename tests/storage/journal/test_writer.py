"""The thread that writes: order, one commit for all that waits, and what it does in trouble."""

import threading
from collections.abc import Iterator, Sequence

import pytest

from storage.errors import JournalConflict, JournalFailed
from storage.journal.entry import Entry, Journal
from storage.journal.memory import MemoryJournal
from storage.journal.writer import JournalState, JournalWriter
from tests.storage.journal.answers import Answers
from tests.storage.journal.entries import entries


class Troubled(MemoryJournal):
    """A journal that fails when told to; ``after`` it has stored what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.open_door = threading.Event()
        self.open_door.set()
        self.failures: list[str] = []
        self.stored_first = False
        self.batches: list[int] = []
        self.tried = threading.Event()

    def append(self, entries: Sequence[Entry]) -> None:
        self.open_door.wait(60)
        if self.failures:
            reason = self.failures.pop(0)
            if self.stored_first:
                super().append(entries)
            self.tried.set()
            raise JournalFailed("here", reason)
        super().append(entries)
        self.batches.append(len(entries))


@pytest.fixture
def troubled() -> Troubled:
    """An empty journal with account 1."""
    journal = Troubled()
    journal.add_account("a", "live", 1)
    return journal


@pytest.fixture
def answers() -> Answers:
    """What the writer says."""
    return Answers()


@pytest.fixture
def writer(troubled: Troubled, answers: Answers) -> Iterator[JournalWriter]:
    """A running writer of ``troubled``."""
    made = JournalWriter(troubled, answers.say)
    made.start()
    yield made
    troubled.open_door.set()
    made.close()


def test_answers_come_in_order_when_entries_are_there(journal: Journal) -> None:
    account = journal.add_account("a", "live", 1).id
    writer, answers = JournalWriter(journal, pytest.fail), Answers()
    writer.start()
    for seq in range(1, 200, 2):
        answers.write(writer, entries(account, seq, seq + 1))
    assert answers.wait_for(100) == [(seq, None) for seq in range(2, 201, 2)]
    assert list(journal.entries(account)) == entries(account, 1, 200)
    assert str(writer.state()) == "in sync"
    assert writer.close() == 0


def test_all_that_waits_is_one_commit(
    troubled: Troubled, writer: JournalWriter, answers: Answers
) -> None:
    troubled.open_door.clear()
    answers.write(writer, entries(1, 1, 1))
    for seq in range(2, 102):
        answers.write(writer, entries(1, seq, seq))
    assert str(writer.state()) in {"behind 101", "behind 100"}
    troubled.open_door.set()
    answers.wait_for(101)
    assert sum(troubled.batches) == 101
    assert len(troubled.batches) <= 3
    assert writer.state() == JournalState(0, "")


@pytest.mark.parametrize("stored_first", [False, True], ids=["refused", "answer lost"])
def test_trouble_is_told_and_waited_for(
    troubled: Troubled, writer: JournalWriter, answers: Answers, stored_first: bool
) -> None:
    troubled.stored_first = stored_first
    troubled.failures = ["disk full", "disk full", "locked"]
    answers.write(writer, entries(1, 1, 2))
    assert troubled.tried.wait(60)
    answers.write(writer, entries(1, 3, 3))
    assert answers.wait_for(2) == [(2, None), (3, None)]
    assert answers.said == [
        "the journal in here is out of reach: disk full",
        "the journal in here is out of reach: locked",
        "",
    ]
    assert list(troubled.entries(1)) == entries(1, 1, 3)


def test_a_conflict_ends_its_account_alone(
    troubled: Troubled, writer: JournalWriter, answers: Answers
) -> None:
    other = troubled.add_account("b", "live", 1).id
    troubled.open_door.clear()
    for written in (
        entries(1, 1, 2),
        entries(other, 101, 101),
        entries(1, 3, 3),
        entries(other, 1, 1),
        entries(1, 4, 4),
    ):
        answers.write(writer, written)
    troubled.open_door.set()
    errors = [type(error) for _, error in answers.wait_for(5)]
    fine = type(None)
    assert errors == [fine, JournalConflict, fine, JournalConflict, fine]
    assert list(troubled.entries(1)) == entries(1, 1, 4)
    assert list(troubled.entries(other)) == []


def test_what_cannot_be_written_at_the_end_is_said(
    troubled: Troubled, writer: JournalWriter, answers: Answers
) -> None:
    troubled.failures = ["gone"] * 1_000
    answers.write(writer, entries(1, 1, 2))
    assert troubled.tried.wait(60)
    assert str(writer.state()) == "failing: the journal in here is out of reach: gone"
    assert writer.close() == 2
    answers.write(writer, entries(1, 3, 3))
    assert [type(error) for _, error in answers.told] == [JournalFailed, JournalFailed]


def test_a_commit_that_hangs_at_the_end_is_answered_once(
    troubled: Troubled, writer: JournalWriter, answers: Answers
) -> None:
    troubled.open_door.clear()
    answers.write(writer, entries(1, 1, 2))
    assert writer.close(patience_s=0.05) == 2
    troubled.open_door.set()
    assert writer.close() == 2
    assert [(number, type(error)) for number, error in answers.told] == [(2, JournalFailed)]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_defect_of_the_journal_is_told_to_all_who_wait(
    troubled: Troubled, writer: JournalWriter, answers: Answers
) -> None:
    troubled.open_door.clear()
    for seq in (1, 2, 3):
        answers.write(writer, entries(1, seq, seq))
    troubled.append = None  # type: ignore[method-assign, assignment]
    troubled.open_door.set()
    answers.wait_for_words("the journal's writer has stopped: TypeError")
    answers.write(writer, entries(1, 4, 4))
    assert {type(error) for seq, error in answers.wait_for(4) if seq > 1} == {JournalFailed}
    assert str(writer.state()).startswith("failing: the journal's writer has stopped")
