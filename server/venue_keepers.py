"""What is stored of one venue: its candles and its trades, under its name."""

from collections.abc import Callable
from pathlib import Path

from data_feed.venue_market import FedMarket
from market.columns import CandleWindow
from market.types import Interval, Trade, plain
from storage.candle_store import CandleStore
from storage.keeper import CandleKeeper
from storage.trade_keeper import TradeKeeper
from storage.trade_store import TradeStore


class VenueKeepers:
    """Stores the symbols of ``market`` in ``root`` under ``venue``, by their plain names.

    ``session`` as ``keeps`` of :class:`storage.keeper.CandleKeeper`; ``keeps`` as that of
    :class:`storage.trade_keeper.TradeKeeper`.
    """

    def __init__(
        self,
        root: Path,
        venue: str,
        market: FedMarket,
        session: Callable[[], int | None],
        keeps: Callable[[], bool],
    ) -> None:
        self._market = market
        self._candles = CandleKeeper(CandleStore(root, venue), market, session)
        self._trades = TradeKeeper(TradeStore(root, venue), keeps)

    def start(self) -> None:
        """Start the threads; call once."""
        self._candles.start()
        self._trades.start()

    def stop(self) -> None:
        """Store what is left; takes seconds at most."""
        self._candles.stop()
        self._trades.stop()

    def owns(self, symbol: str) -> bool:
        """Whether the market's ``symbol`` is of this venue."""
        name = plain(symbol)
        return name in self._market.symbols and self._market[name].symbol == symbol

    def keep(self, trade: Trade) -> None:
        """Take a trade of the market, if it is of this venue."""
        if self.owns(trade.symbol):
            name = plain(trade.symbol)
            self._trades.keep(trade if name == trade.symbol else trade._replace(symbol=name))

    def restore(self, symbol: str, interval: Interval) -> CandleWindow:
        """See :meth:`storage.keeper.CandleKeeper.restore`."""
        return self._candles.restore(plain(symbol), interval)
