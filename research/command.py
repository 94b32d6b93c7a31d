"""Backtests from a shell, see ``python -m trading.backtest --help``."""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn, TextIO

from market.columns import CandleWindow
from market.types import Interval
from research.candle_data import within
from research.errors import RequestError, ResearchError
from research.report.words import figure, number
from research.runs import Research
from research.views import BacktestRequest, ConventionView, ResultView, RunView, SweepRequest
from storage.errors import StorageError
from storage.importing import read_candles
from storage.times import from_text

__all__ = ["main"]

FAILED, BAD, INTERRUPTED = 1, 2, 130
LOOK_S = 0.05
BAR = 30

_SHOWN = (
    "total_return", "buy_and_hold_return", "cagr", "sharpe", "sortino", "max_drawdown", "calmar",
    "trades", "win_rate", "profit_factor", "exposure", "fees_paid",
)  # fmt: skip


class _Parser(argparse.ArgumentParser):
    """Raises instead of printing the usage and leaving the process."""

    def error(self, message: str) -> NoReturn:
        raise RequestError(f"{message}; --help lists the options")


class _Files:
    """Candles of files, each under its name."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._held: dict[str, CandleWindow] = {}
        intervals = set()
        for path in paths:
            found = read_candles(path)
            self._held[path.name] = found.candles
            intervals.add(found.interval)
        if len(self._held) < len(paths):
            raise RequestError("two files have the same name; rename one")
        if len(intervals) > 1:
            raise RequestError(f"the files have candles of {', '.join(sorted(intervals))}")
        self.interval = intervals.pop()

    def symbols(self) -> tuple[str, ...]:
        """The names of the files."""
        return tuple(self._held)

    def read(
        self, symbol: str, interval: Interval, start_ns: int | None, end_ns: int | None
    ) -> CandleWindow:
        """See :class:`research.candle_data.CandleSource`."""
        return within(self._held[symbol], start_ns, end_ns)


def main(arguments: Sequence[str]) -> int:
    """Do what was asked for; returns the exit code.

    2 after one sentence of what cannot be done, 1 when the run failed, 130 when it was interrupted.
    """
    try:
        options = _parser().parse_args(arguments)
        if options.strategy == "list":
            return _list(options.strategies)
        return _run(options)
    except (ResearchError, StorageError, ValueError) as error:
        print(f"backtest: {error}", file=sys.stderr)  # noqa: T201 - the user's answer
        return BAD


def _list(folder: Path) -> int:
    research = Research(_NoFiles(), None, folder)
    try:
        for each in research.strategies():
            parameters = ", ".join(
                f"{p.name} {p.default:g} ({p.least:g} to {p.most:g})" for p in each.parameters
            )
            print(f"{each.key:<22} {each.error or each.name}")  # noqa: T201
            if parameters:
                print(f"{'':<22} {parameters}")  # noqa: T201
    finally:
        research.close()
    return 0


class _NoFiles:
    """Nothing to read."""

    def symbols(self) -> tuple[str, ...]:
        """None."""
        return ()

    def read(
        self, symbol: str, interval: Interval, start_ns: int | None, end_ns: int | None
    ) -> CandleWindow:
        """Never called: nothing names a symbol."""
        raise RequestError(f"there are no candles of {symbol}")


def _run(options: argparse.Namespace) -> int:
    if not options.data:
        raise RequestError("--data is missing: a CSV or Parquet file of candles")
    files = _Files(options.data)
    research = Research(files, None, options.strategies, options.dask)
    try:
        key = research.start(_request(options, files))
        view = _watched(research, key, sys.stderr)
        if view.result is None:
            print(f"backtest: {view.error or view.state}", file=sys.stderr)  # noqa: T201
            return FAILED
        if options.report is not None:
            options.report.write_text(research.report(key), encoding="utf-8")
        if options.json:
            sys.stdout.write(research.export(key, "json").decode() + "\n")
        else:
            sys.stdout.write(_words(view.result))
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        research.close()
    return 0


def _request(options: argparse.Namespace, files: _Files) -> BacktestRequest:
    symbol, *others = files.symbols()
    sweep = None
    if options.sweep:
        sweep = SweepRequest(
            dict(map(_range, options.sweep)), options.goal,
            "optuna" if options.optuna else "grid", options.optuna or 1, options.walk_forward,
        )  # fmt: skip
    request = BacktestRequest(
        options.strategy, dict(map(_setting, options.set)), symbol, files.interval.value,
        None if options.start is None else _moment("--from", options.start),
        None if options.end is None else _moment("--to", options.end),
        others=tuple(others), sweep=sweep,
        convention=ConventionView(options.period, options.days_per_year, options.risk_free),
    )  # fmt: skip
    return replace(
        request, direction=options.direction, capital=options.capital, fee_percent=options.fee,
        slippage_bp=options.slippage, size_percent=options.size, leverage=options.leverage,
        stop_loss_percent=options.stop_loss, take_profit_percent=options.take_profit,
        fill=options.fill, path=options.path,
    )  # fmt: skip


def _setting(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise RequestError(f"--set was {text!r}; allowed is a name and a number, fast=20") from None


def _range(text: str) -> tuple[str, tuple[float, float, float]]:
    name, _, values = text.partition("=")
    try:
        start, stop, step = map(float, values.split(":"))
    except ValueError:
        raise RequestError(
            f"--sweep was {text!r}; allowed is a name with from, to and step, fast=5:60:5"
        ) from None
    return name.strip(), (start, stop, step)


def _moment(option: str, text: str) -> int:
    try:
        return from_text(text)
    except ValueError as error:
        raise RequestError(f"{option} was {text!r}: {error}") from None


def _watched(research: Research, key: str, out: TextIO) -> RunView:
    """The run once it is over; on a terminal a bar says how far it is."""
    while True:
        view = research.run(key)
        if view.state not in {"queued", "running"}:
            if out.isatty():
                out.write(f"\r{'':<78}\r")
            return view
        if out.isatty():
            full = round(BAR * view.done / view.of)
            left = f", {view.seconds_left:.0f} s left" if view.seconds_left else ""
            bar = "#" * full + "." * (BAR - full)
            out.write(f"\r{f'{bar} {view.words}{left}':<78}")
            out.flush()
        time.sleep(LOOK_S)


def _words(result: ResultView) -> str:
    """What a person reads: the figures that matter most, and what weakens them."""
    figures = {metric.key: metric for metric in result.metrics}
    lines = [f"{result.title}: {result.symbol} {result.interval}, {result.bars:,} candles", ""]
    lines += [f"{'Final equity':<18} {number(float(result.equity[-1])):>16}"]
    lines += [f"{figures[key].label:<18} {figure(figures[key])[0]:>16}" for key in _SHOWN]
    if result.sweep is not None:
        sweep = result.sweep
        best = ", ".join(f"{name} {value:g}" for name, value in sweep.best.items())
        lines += ["", f"Best of {sweep.tried:,} by {sweep.goal_label}: {best}"]
        lines += [f"Walk-forward {at}: {number(each.test_return_percent, 2, '+')} % in the test"
                  for at, each in enumerate(sweep.walk_forward, 1)]  # fmt: skip
    notes = [*result.warnings, *(f"{each.label}: {each.words}" for each in result.checks)]
    return "\n".join([*lines, "", *notes]) + "\n"


def _parser() -> _Parser:
    parser = _Parser(
        prog="python -m trading.backtest",
        description="Run a strategy over candles of a file. 'list' as the strategy lists all.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("strategy", help="its key, user:NAME for a file of yours, or list")
    add("--data", type=Path, action="append", help="CSV or Parquet of candles; repeat for pairs")
    add("--strategies", type=Path, default=Path("strategies"), help="folder of your strategies")
    add("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter")
    add("--from", dest="start", help="first moment, ISO 8601 in UTC")
    add("--to", dest="end", help="the moment after the last")
    add("--capital", type=float, default=10_000.0, help="to begin with (default 10000)")
    add("--fee", type=float, default=0.1, help="percent of the value (default 0.1)")
    add("--slippage", type=float, default=5.0, help="basis points (default 5)")
    add("--size", type=float, default=100.0, help="percent of the equity (default 100)")
    add("--leverage", type=float, default=1.0, help="1 to 125 (default 1)")
    add("--stop-loss", type=float, help="percent of the entry price")
    add("--take-profit", type=float, help="percent of the entry price")
    add("--direction", default="long", help="long, short or both (default long)")
    add("--fill", default="next_open", help="next_open or close (default next_open)")
    add("--path", default="nearest", help="nearest, worst or best (default nearest)")
    add("--period", default="candle", help="returns per candle or day (default candle)")
    add("--days-per-year", type=int, default=365, help="365, or 252 for stock markets")
    add("--risk-free", type=float, default=0.0, help="percent a year (default 0)")
    add("--sweep", action="append", metavar="NAME=FROM:TO:STEP", help="search a parameter")
    add("--goal", default="sharpe", help="key of the figure to be good (default sharpe)")
    add("--optuna", type=int, metavar="TRIALS", help="let Optuna choose, not every combination")
    add("--walk-forward", type=int, default=0, metavar="WINDOWS", help="search and try in turns")
    add("--dask", metavar="tcp://HOST:PORT", help="search on the workers of a Dask scheduler")
    add("--report", type=Path, help="write a page of HTML there")
    add("--json", action="store_true", help="print everything as JSON")
    return parser
