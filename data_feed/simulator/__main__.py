"""Runs the simulated exchange alone; any client of Coinbase Exchange's protocol can use it."""

import argparse
import asyncio
import logging
import signal

from data_feed.simulator.errors import BadFaults, InvalidSymbol
from data_feed.simulator.faults import LINE_KINDS, REST_KINDS, parse_faults
from data_feed.simulator.line import FaultPlan
from data_feed.simulator.products import DEFAULT_SYMBOLS
from data_feed.simulator.regimes import REGIMES
from data_feed.simulator.server import SimulatorServer
from market.types import Symbol

_LOG = logging.getLogger("data_feed.simulator")

_EPILOG = f"""\
faults, separated by commas or by repeating --fault:
  KIND=PROBABILITY      for every frame (REST kinds: every request) by itself
  KIND@START            the first frame after START seconds
  KIND@START:LENGTH     every frame for LENGTH seconds, START seconds after the beginning
  delay_s, stall_s, slow_s=SECONDS   longest delay; length of a stall; how slow REST is
kinds on the line: {", ".join(LINE_KINDS)}
kinds of REST:     {", ".join(REST_KINDS)}
The same seed gives the same trades, and the same faults to the same frame of a connection.

examples:
  python -m data_feed.simulator --port 9000 --seed 7 --symbols BTC-USD,ETH-USD
  python -m data_feed.simulator --regime crash --rate 5000
  python -m data_feed.simulator --fault drop=0.01,duplicate=0.01 --fault disconnect@30,stall@60:20
"""


def main() -> None:
    """Parse the options and serve until interrupted."""
    parser = _parser()
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        server = _server(options)
    except (InvalidSymbol, BadFaults) as error:
        parser.error(str(error))
    try:
        asyncio.run(_serve(server, options.host, options.port))
    except OSError as error:
        parser.exit(1, f"cannot listen on {options.host}:{options.port}: {error}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m data_feed.simulator",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="default 0 takes a free port")
    parser.add_argument("--seed", type=int, default=7, help="of trades and faults (default 7)")
    parser.add_argument(
        "--symbols",
        default=",".join(DEFAULT_SYMBOLS),
        help="pairs separated by commas (default %(default)s)",
    )
    parser.add_argument(
        "--rate",
        type=_rate,
        help="matches and tickers a second, all symbols together (default: the market's mood)",
    )
    parser.add_argument(
        "--regime",
        choices=REGIMES,
        default="normal",
        help="character of the market: %(choices)s (default normal)",
    )
    parser.add_argument(
        "--fault", action="append", default=[], metavar="FAULTS", help="what goes wrong, see below"
    )
    return parser


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate <= 100_000:
        raise argparse.ArgumentTypeError(f"it was {text!r}; allowed are up to 100000 messages")
    return rate


def _server(options: argparse.Namespace) -> SimulatorServer:
    symbols = [Symbol(text) for text in options.symbols.split(",")]
    faults = parse_faults(",".join(options.fault))
    if str(faults):
        _LOG.warning("with faults: %s", faults)
    return SimulatorServer(
        symbols,
        options.seed,
        REGIMES[options.regime],
        options.rate,
        FaultPlan(faults, options.seed),
    )


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
