"""Candles and trades in and out of the store: ``python -m storage import FILE …``, ``export …``.

``python -m storage fetch …`` asks a venue for its history, see :mod:`storage.fetch_command`;
``python -m storage journal …`` exports paper accounts, see :mod:`storage.journal_command`.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from market.errors import UnknownInterval
from market.types import Interval
from storage import fetch_command, journal_command
from storage.candle_store import CandleStore
from storage.errors import StorageError
from storage.exporting import export_csv, export_parquet
from storage.importing import ImportHints, read_candles
from storage.trade_columns import joined
from storage.trade_files import export_trades, read_trades
from storage.trade_store import TradeStore

BAD = 2


def main(arguments: Sequence[str]) -> int:
    """Do what was asked for; returns the exit code, 2 after one sentence of what is wrong."""
    if arguments[:1] == ["fetch"]:
        return fetch_command.main(arguments[1:])
    if arguments[:1] == ["journal"]:
        return journal_command.main(arguments[1:])
    options = _parser().parse_args(arguments)
    try:
        store = CandleStore(options.store, options.venue)
        done = _import(store, options) if options.act == "import" else _export(store, options)
    except (StorageError, UnknownInterval) as error:
        print(f"storage: {error}", file=sys.stderr)  # noqa: T201 - the user's answer
        return BAD
    print(done)  # noqa: T201 - the user's answer
    return 0


def _import(store: CandleStore, options: argparse.Namespace) -> str:
    if options.trades:
        trades = read_trades(options.file, options.day)
        TradeStore(options.store, options.venue).add(options.symbol, trades)
        return f"{trades.number:,} trades of {options.symbol} imported"
    interval = Interval.parse(options.interval) if options.interval else None
    found = read_candles(options.file, ImportHints(interval, options.day, options.price_scale))
    store.write(options.symbol, found.interval, found.candles)
    return f"{len(found.candles):,} {found.interval} candles of {options.symbol} imported"


def _export(store: CandleStore, options: argparse.Namespace) -> str:
    if options.trades:
        return _export_trades(TradeStore(options.store, options.venue), options)
    interval = Interval.parse(options.interval or "1m")
    candles = store.read(options.symbol, interval)
    export = export_parquet if options.file.suffix == ".parquet" else export_csv
    export(options.file, candles)
    return f"{len(candles):,} {interval} candles of {options.symbol} exported"


def _export_trades(store: TradeStore, options: argparse.Namespace) -> str:
    days = [str(options.day)] if options.day else store.days(options.symbol)
    trades = joined(store.read(options.symbol, day) for day in days)
    export_trades(options.file, trades)
    return f"{trades.number:,} trades of {options.symbol} exported"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m storage", description=__doc__)
    parser.add_argument("act", choices=("import", "export"))
    parser.add_argument("file", type=Path, help="CSV (plain, gzip or zip) or Parquet")
    parser.add_argument("--store", type=Path, required=True, help="folder of the store")
    parser.add_argument("--venue", default="coinbase", help="venue in the store")
    parser.add_argument("--symbol", required=True, help="like BTC-USD")
    parser.add_argument("--interval", help="like 1m; an import finds it by itself")
    parser.add_argument("--trades", action="store_true", help="trades instead of candles")
    parser.add_argument(
        "--day",
        type=date.fromisoformat,
        help="day of times that count from midnight; the only day of trades to export",
    )
    parser.add_argument("--price-scale", type=float, default=1.0, help="divides the prices")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
