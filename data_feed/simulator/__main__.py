"""Run the simulated exchange alone: ``python -m data_feed.simulator --port 9000 --seed 7``."""

import argparse
import asyncio
import logging
import signal

from data_feed.simulator.errors import InvalidSymbol
from data_feed.simulator.products import DEFAULT_SYMBOLS
from data_feed.simulator.server import SimulatorServer
from market.types import Symbol

_LOG = logging.getLogger("data_feed.simulator")


def main() -> None:
    """Parse the options and serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m data_feed.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--symbols", default=",".join(DEFAULT_SYMBOLS), help="comma-separated")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        symbols = [Symbol(text) for text in options.symbols.split(",")]
        server = SimulatorServer(symbols, options.seed)
    except InvalidSymbol as error:
        parser.error(str(error))
    try:
        asyncio.run(_serve(server, options.host, options.port))
    except OSError as error:
        parser.exit(1, f"cannot listen on {options.host}:{options.port}: {error}\n")


async def _serve(server: SimulatorServer, host: str, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await server.start(host, port)
    _LOG.info("feed %s, REST %s", server.url, server.rest_url)
    await stop.wait()
    await server.stop()


if __name__ == "__main__":
    main()
