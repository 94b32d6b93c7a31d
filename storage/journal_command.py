"""``python -m storage journal``: which paper accounts there are, and the journal of one as a file.

The database is that of CANDLECAST_DATABASE_URL, or with ``--store`` the file there. A program that
trades at the moment is not disturbed.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from storage.errors import StorageError
from storage.journal.entry import Journal
from storage.journal.export import export_journal
from storage.journal.opening import FILE, open_journal

BAD = 2
ADDRESS = "CANDLECAST_DATABASE_URL"


def main(arguments: Sequence[str]) -> int:
    """Do what was asked for; returns the exit code, 2 after one sentence of what is wrong."""
    options = _parser().parse_args(arguments)
    address = os.environ.get(ADDRESS) if options.store is None else None
    if address is None and (options.store is None or not (options.store / FILE).is_file()):
        where = f"{options.store / FILE} is no file" if options.store else "none was named"
        how = f"name its folder with --store, or its database in {ADDRESS}"
        print(f"storage: the journal: {where}; {how}", file=sys.stderr)  # noqa: T201 - the answer
        return BAD
    try:
        journal = open_journal(address, options.store)
        try:
            answer = _answer(journal, options)
        finally:
            journal.close()
    except StorageError as error:
        print(f"storage: {error}", file=sys.stderr)  # noqa: T201 - the user's answer
        return BAD
    print(answer)  # noqa: T201 - the user's answer
    return 0


def _answer(journal: Journal, options: argparse.Namespace) -> str:
    accounts = {account.id: account for account in journal.accounts()}
    if options.file is None:
        return "\n".join(
            f"{account.id}: {account.name}, {account.market}, since "
            f"{datetime.fromtimestamp(account.opened_ns // 10**9, UTC):%Y-%m-%d %H:%M}Z, "
            f"{journal.last(account.id):,} entries"
            for account in accounts.values()
        )
    if options.account not in accounts:
        known = ", ".join(map(str, accounts)) or "none"
        raise StorageError(f"account was {options.account}; there are: {known}")
    count = export_journal(options.file, journal.entries(options.account, options.after))
    return f"{count:,} entries of {accounts[options.account].name} exported"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m storage journal", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", help="*.csv, else a line of JSON an entry")
    parser.add_argument("--account", type=int, default=1, help="its number (default 1)")
    parser.add_argument("--after", type=int, default=0, help="only entries behind this number")
    parser.add_argument("--store", type=Path, help=f"folder of the store, not {ADDRESS}")
    return parser
