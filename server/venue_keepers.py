"""What is stored of one venue: its candles, trades and instruments, under its name."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from data_feed.venue_market import FedMarket
from market.columns import CandleWindow
from market.instrument import Instrument
from market.types import Interval, Symbol, Trade, plain
from storage.candle_store import CandleStore
from storage.errors import WriteFailed
from storage.instrument_store import InstrumentStore
from storage.keeper import CandleKeeper
from storage.trade_keeper import TradeKeeper
from storage.trade_store import TradeStore

log = logging.getLogger(__name__)


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
        self._instruments = InstrumentStore(root, venue)

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

    def recall(self, symbols: Sequence[Symbol]) -> list[Instrument]:
        """See :meth:`data_feed.users.InstrumentMemory.recall`; for those that are of this venue."""
        mine = {plain(symbol): symbol for symbol in symbols if self.owns(symbol)}
        known = self._instruments.read() if mine else {}
        return [known[name]._replace(symbol=mine[name]) for name in mine if name in known]

    def remember(self, instruments: Sequence[Instrument]) -> None:
        """See :meth:`data_feed.users.InstrumentMemory.remember`."""
        mine = [each for each in instruments if self.owns(each.symbol)]
        if not mine:
            return
        try:
            self._instruments.write([each._replace(symbol=plain(each.symbol)) for each in mine])
        except WriteFailed as error:
            log.warning("instruments are not kept for the next start: %s", error)
