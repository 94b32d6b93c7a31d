"""Entries for the tests."""

from storage.journal.entry import Entry


def entries(account: int, first: int, last: int) -> list[Entry]:
    """Entries ``first`` to ``last``, every third with a key."""
    return [
        Entry(
            account,
            seq,
            seq * 1_000,
            "Filled",
            b'{"n":%d}' % seq,
            f"k{seq}" if seq % 3 == 0 else None,
        )
        for seq in range(first, last + 1)
    ]
