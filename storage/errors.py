"""Errors of the storage package.

StorageError
├── WriteFailed      something could not be written; whatever was stored before is whole
├── ReadFailed       a file could not be read at the moment; it may be whole
├── FileDamaged      a file is not what was written to it; its contents are not served
├── BadImport        a file is no series of candles; nothing of it was taken
├── BadName          a venue or symbol that cannot name a folder
├── StoreBusy        another process writes to the same folder
├── FetchStopped     a venue's history could not be had any further; what was stored stays
├── BadDatabase      an address of a database that cannot hold the journal
├── AccountBusy      another process writes to the same paper account
├── JournalFailed    the journal cannot be written or read at the moment; try again
├── JournalConflict  another entry is where one was to go; nothing was written
└── JournalDamaged   the journal holds what was never written to it
"""

from pathlib import Path


class StorageError(ValueError):
    """Root of every error raised by ``storage``."""


class WriteFailed(StorageError):
    """Something could not be written; whatever was stored before is whole."""

    def __init__(self, path: Path, error: OSError) -> None:
        self.path = path
        super().__init__(f"{path} could not be written: {error.strerror or error}")


class ReadFailed(StorageError):
    """A file could not be read at the moment; it may be whole."""

    def __init__(self, path: Path, error: OSError) -> None:
        self.path = path
        super().__init__(f"{path} could not be read: {error.strerror or error}")


class FileDamaged(StorageError):
    """A file is not what was written to it; ``kept_as`` is where it lies now, if it was moved."""

    def __init__(self, path: Path, reason: str, kept_as: Path | None = None) -> None:
        self.path = path
        self.reason = reason
        self.kept_as = kept_as
        moved = f"; it was set aside as {kept_as.name}" if kept_as else ""
        super().__init__(f"{path} is damaged: {reason}{moved}")


class BadImport(StorageError):
    """A file is no series of candles.

    ``line`` counts from 1 and is a row (``unit``) where a file has no lines; None where none is at
    fault.
    """

    def __init__(
        self, path: Path, reason: str, line: int | None = None, unit: str = "line"
    ) -> None:
        self.path = path
        self.line = line
        self.reason = reason
        where = f", {unit} {line}" if line is not None else ""
        super().__init__(f"{path.name}{where}: {reason}")


class BadName(StorageError):
    """A venue or symbol that cannot name a folder."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"name was {text!r}; allowed are 1 to 40 letters, digits, '-', '_' and '.', "
            "beginning with a letter or digit"
        )


class StoreBusy(StorageError):
    """Another process writes to the same folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} is being written by another process; give each its own folder")


class FetchStopped(StorageError):
    """A venue's history could not be had any further; ``stored`` candles of it are stored."""

    def __init__(self, reason: str, stored: int) -> None:
        self.reason = reason
        self.stored = stored
        super().__init__(f"{reason}; {stored:,} candles were stored, ask again to go on")


class BadDatabase(StorageError):
    """An address of a database that cannot hold the journal; ``where`` has no password in it."""

    def __init__(self, where: str, reason: str) -> None:
        self.where = where
        self.reason = reason
        super().__init__(f"{where} cannot hold the journal: {reason}")


class AccountBusy(StorageError):
    """Another process writes to the same paper account."""

    def __init__(self, account: int, where: str) -> None:
        self.account = account
        super().__init__(
            f"paper account {account} in {where} is being traded by another process; stop that one "
            "or give each its own store"
        )


class JournalFailed(StorageError):
    """The journal ``where`` cannot be written or read at the moment; what it holds is whole."""

    def __init__(self, where: str, reason: str) -> None:
        self.where = where
        self.reason = reason
        super().__init__(f"the journal in {where} is out of reach: {reason}")


class JournalConflict(StorageError):
    """Another entry is where one was to go; nothing was written."""

    def __init__(self, where: str, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the journal in {where} has other entries: {reason}")


class JournalDamaged(StorageError):
    """The journal holds what was never written to it, at entry ``seq`` of ``account``."""

    def __init__(self, account: int, seq: int, reason: str) -> None:
        self.account = account
        self.seq = seq
        super().__init__(f"entry {seq} of paper account {account} is damaged: {reason}")
