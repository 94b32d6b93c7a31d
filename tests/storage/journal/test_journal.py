"""What every journal does, in memory and in each database."""

import pytest

from storage.errors import JournalConflict
from storage.journal.entry import Account, Entry, Journal
from tests.storage.journal.entries import entries


def test_accounts_are_numbered_and_named_once_a_market(journal: Journal) -> None:
    assert journal.accounts() == ()
    first = journal.add_account("Main account", "live", 5)
    second = journal.add_account("Main account", "simulated", 6)
    with pytest.raises(JournalConflict, match="there is a live account 'Main account' already"):
        journal.add_account("Main account", "live", 7)
    assert first == Account(first.id, "Main account", "live", 5)
    assert journal.accounts() == (first, second)
    assert journal.last(first.id) == 0
    assert list(journal.entries(first.id)) == []


def test_entries_come_back_as_they_were_in_each_account(journal: Journal) -> None:
    a, b = (journal.add_account(name, "live", 1).id for name in "ab")
    journal.append([*entries(a, 1, 40), *entries(b, 1, 3), *entries(a, 41, 50)])
    journal.append([])
    journal.append(entries(b, 4, 4))
    assert list(journal.entries(a)) == entries(a, 1, 50)
    assert list(journal.entries(a, after=48)) == entries(a, 49, 50)
    assert list(journal.entries(a, after=20, most=5)) == entries(a, 21, 25)
    assert list(journal.newest(a, 48, 3)) == entries(a, 45, 47)[::-1]
    assert list(journal.newest(b, 99, 9)) == entries(b, 1, 4)[::-1]
    journal.append([Entry(b, seq, 1, "Step", b"") for seq in (5, 6, 7)])
    assert list(journal.newest(b, 8, 2, ("Step",))) == entries(b, 3, 4)[::-1]
    assert list(journal.newest(b, 8, 2, ("Filled", "Step"))) == []
    assert list(journal.entries(b))[:4] == entries(b, 1, 4)
    assert (journal.last(a), journal.last(b)) == (50, 7)
    assert journal.find(a, "k9") == entries(a, 9, 9)[0]
    assert journal.find(b, "k9") is None


def test_what_is_there_already_is_not_added_again(journal: Journal) -> None:
    account = journal.add_account("a", "live", 1).id
    journal.append(entries(account, 1, 4))
    journal.append(entries(account, 1, 4))
    journal.append(entries(account, 3, 7))
    assert list(journal.entries(account)) == entries(account, 1, 7)


def test_all_are_added_or_none(journal: Journal) -> None:
    account = journal.add_account("a", "live", 1).id
    journal.append(entries(account, 1, 4))
    good = entries(account, 5, 6)
    for bad, words in {
        Entry(account, 4, 0, "Filled", b"other"): "differs|follow",
        Entry(account, 8, 0, "Filled", b""): "follow",
        Entry(account, 7, 0, "Filled", b"", "k3"): "k3|key",
        Entry(account + 1, 1, 0, "Filled", b""): "no paper account|FOREIGN KEY|foreign key",
        Entry(account, 7, 0, "Filled", b"", ""): "key ''",
        Entry(account, 7, 0, "Filled", b"", "a\0b"): "printable",
        Entry(account, 7, 0, "Filled", b"", "x" * 301): "1 to 300",
        Entry(account, 0, 0, "Filled", b""): "entry 0",
    }.items():
        with pytest.raises(JournalConflict, match=words):
            journal.append([*good, bad])
        assert journal.last(account) == 4, bad
    journal.append(good)
    assert list(journal.entries(account)) == entries(account, 1, 6)


def test_texts_of_any_language_and_bytes_of_any_kind(journal: Journal) -> None:
    account = journal.add_account("Konto 'ä' \"口座\"", "live", 2**62).id
    entry = Entry(account, 1, 2**62, "Noted", bytes(range(256)), "Schlüssel '口' \\ {\"a\"}")
    journal.append([entry])
    assert list(journal.entries(account)) == [entry]
    assert journal.find(account, entry.key or "") == entry
