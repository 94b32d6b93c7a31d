"""cryptofeed's Binance parser on frames from a file: a script for an interpreter of its own.

cryptofeed needs order-book, which is under the GPL, so it is in no requirements file here. In an
environment of its own it is measured in the same run:

    python -m venv /tmp/peer && /tmp/peer/bin/pip install cryptofeed==2.4.1
    CRYPTOFEED_PYTHON=/tmp/peer/bin/python python -m benchmarks feed

``CRYPTOFEED_PYTHON benchmarks/peer_cryptofeed.py FILE RUNS`` prints the milliseconds of each run
over all lines of FILE as JSON. Its events go to no callback: parsing alone is timed.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from cryptofeed.defines import TICKER, TRADES  # type: ignore[import-not-found]
from cryptofeed.exchanges import Binance  # type: ignore[import-not-found]


def _parser() -> Any:
    # Its constructor asks the venue for its symbols; nothing here may depend on a network.
    parser = Binance.__new__(Binance)
    parser.requires_authentication = False
    parser.exchange_symbol_mapping = {"BTCUSDT": "BTC-USDT"}
    parser.callbacks = {TRADES: [], TICKER: []}
    return parser


async def _timed(parser: Any, frames: list[str]) -> float:
    handle, start = parser.message_handler, time.thread_time_ns()
    for frame in frames:
        await handle(frame, None, 1.0)
    return (time.thread_time_ns() - start) / 1e6


def main(path: str, runs: str) -> None:
    """Print the times of ``runs`` runs."""
    frames, parser = Path(path).read_text().splitlines(), _parser()
    print(json.dumps([asyncio.run(_timed(parser, frames)) for _ in range(int(runs))]))


if __name__ == "__main__":
    main(*sys.argv[1:])
