"""Errors of the trading package.

TradingError
├── BadQuantity      a size, price, capital or time that is no number or out of bounds
├── BadCosts         a fee or slippage outside its bounds
├── BadConvention    days in a year or a risk-free rate outside their bounds
├── BadParameters    strategy parameters outside their bounds
├── BadStrategy      a strategy that contradicts itself, fails or decides what cannot be done
├── StrategyFailed   what an event strategy raised, with the candle at which it did
├── BadPolicy        a latency, participation or margin outside its bounds
├── BadLimit         a risk limit outside its bounds
├── BadEvent         bytes that are no event of an account, or one that cannot follow on the others
├── BooksDiffer      an engine and its ledger that do not hold the same
├── BadOrder         an order whose size, prices, flags or links contradict each other
├── BadMarketData    a candle or trade that no market can have made, or that comes too late
├── NotDefined       a figure that has no value for a run; caught where figures are gathered
└── BacktestError    candles or capital that no backtest can run on
"""


class TradingError(ValueError):
    """Root of every error raised by ``trading``. Its text is a sentence fit for a person."""


class BadQuantity(TradingError):
    """A size, price, capital or time that is no number or out of bounds."""


class BadCosts(TradingError):
    """A fee or slippage outside its bounds."""


class BadConvention(TradingError):
    """Days in a year or a risk-free rate outside their bounds."""


class BadParameters(TradingError):
    """Strategy parameters outside their bounds."""


class BadStrategy(TradingError):
    """A strategy that contradicts itself, fails, or decides what cannot be done.

    ``file`` and ``line`` say where, as far as that is known: ``""`` and 0 else.
    """

    def __init__(self, message: str, file: str = "", line: int = 0) -> None:
        self.message = message
        self.file = file
        self.line = line
        place = f"{file}, line {line}: " if line else f"{file}: " if file else ""
        super().__init__(place + message)


class StrategyFailed(TradingError):
    """What an event strategy raised, kept as ``__cause__``.

    ``index`` is the number of the close, -1 in ``init``; ``time_ns`` when that candle closed.
    """

    def __init__(self, message: str, index: int, time_ns: int) -> None:
        self.index = index
        self.time_ns = time_ns
        super().__init__(message)


class BadPolicy(TradingError):
    """A latency, participation or margin outside its bounds."""


class BadLimit(TradingError):
    """A risk limit outside its bounds."""


class BadEvent(TradingError):
    """Bytes that are no event of an account, or an event that cannot follow on those before it."""


class BooksDiffer(TradingError):
    """An engine and its ledger that do not hold the same: a defect of the program."""


class BadOrder(TradingError):
    """An order whose size, prices, flags or links contradict each other."""


class BadMarketData(TradingError):
    """A candle or trade that no market can have made, or that comes too late."""


class NotDefined(TradingError):
    """A figure that has no value for a run; caught where figures are gathered."""


class BacktestError(TradingError):
    """Candles or capital that no backtest can run on."""
