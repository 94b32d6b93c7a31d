"""The journal of the paper accounts: append-only entries in SQLite, in PostgreSQL or in memory.

Whoever needs one asks :func:`storage.journal.opening.open_journal` and writes through a
:class:`storage.journal.writer.JournalWriter`.
"""
