"""``python -m storage fetch``: a venue's history into the store, with a bar that shows how far."""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO

from data_feed.errors import BadRequest
from data_feed.open_feed import VENUES
from data_feed.rest import HttpRest
from market.errors import UnknownInterval
from market.types import DAY, Interval, Symbol
from storage.candle_store import CandleStore
from storage.errors import StorageError
from storage.fetching import Fetcher, FetchOrder, FetchProgress
from storage.files import claim_folder
from storage.times import from_text

BAD = 2
INTERRUPTED = 130
TIMEOUT_S = 15.0
BAR = 30


class Bar:
    """One line on a terminal that is written again and again; a line a time elsewhere."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._began_s = time.monotonic()
        self._told_s = 0.0

    def show(self, progress: FetchProgress) -> None:
        """Write how far it is and how long it will still take."""
        now_s = time.monotonic()
        over = progress.done >= progress.expected
        if not self._out.isatty() and not over and now_s - self._told_s < 1:
            return
        self._told_s = now_s
        share = progress.done / progress.expected if progress.expected else 1.0
        full = round(BAR * share)
        bar = "#" * full + "." * (BAR - full)
        line = f"{bar} {progress.done:,} of {progress.expected:,} candles"
        if 0 < share < 1:
            left_s = (now_s - self._began_s) * (1 - share) / share
            line += f", {left_s:.0f} s left"
        end = "\n" if over or not self._out.isatty() else "\r"
        self._out.write(f"{line:<78}{end}")
        self._out.flush()


def main(arguments: Sequence[str]) -> int:
    """Fetch what was asked for; returns the exit code, 2 after one sentence of what is wrong."""
    options = _parser().parse_args(arguments)
    try:
        order = FetchOrder(
            Symbol(options.symbol), Interval.parse(options.interval), options.start,
            options.end if options.end is not None else time.time_ns(),
        )  # fmt: skip
        done = asyncio.run(_fetch(options, order.closed(time.time_ns())))
    except (StorageError, UnknownInterval, BadRequest) as error:
        print(f"\nstorage: {error}", file=sys.stderr)  # noqa: T201 - the user's answer
        return BAD
    except KeyboardInterrupt:
        print("\nstorage: stopped; the same command goes on", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    print(f"{done.stored:,} {order.interval} candles of {order.symbol} stored")  # noqa: T201
    return 0


async def _fetch(options: argparse.Namespace, order: FetchOrder) -> FetchProgress:
    venue = VENUES[options.venue]
    venue.parser(()).venue_symbol(order.symbol)
    store, history = CandleStore(options.store, options.venue), venue.history()
    claim = claim_folder(store.folder)
    try:
        rest = HttpRest(history, venue.pause_s, TIMEOUT_S)
        return await Fetcher(store, history, rest, Bar(sys.stderr).show).fetch(order)
    finally:
        claim.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m storage fetch", description=__doc__)
    parser.add_argument("--store", type=Path, required=True, help="folder of the store")
    parser.add_argument("--venue", choices=tuple(VENUES), default="coinbase")
    parser.add_argument("--symbol", required=True, help="like BTC-USD")
    parser.add_argument("--interval", default="1m", help="like 1m")
    parser.add_argument(
        "--from", dest="start", type=_start, required=True, help="day or time in UTC"
    )
    parser.add_argument(
        "--to", dest="end", type=_end, help="last day (included) or time in UTC; now without it"
    )
    return parser


def _start(text: str) -> int:
    return from_text(text)


def _end(text: str) -> int:
    """A day is meant to its end."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return from_text(text)
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 10**9 + DAY
