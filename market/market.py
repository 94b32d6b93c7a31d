"""Everything known about the symbols being watched: candles, last trade, best bid and ask."""

from collections.abc import Callable, Sequence

from market.candle_builder import CandleBuilder, Outcome
from market.errors import UnknownSymbol
from market.tape import Tape
from market.types import Quote, Symbol, Trade

# Names of their own: a member of an enumeration is looked up by a slower way.
_APPLIED, _DUPLICATE, _PATCHED = Outcome.APPLIED, Outcome.DUPLICATE, Outcome.PATCHED


class SymbolMarket:
    """One symbol's state. Written by :class:`Market` alone; attributes may be read from any thread.

    ``received_ns`` is the monotonic time at which the newest event was received, 0 before the
    first; ``version`` rises with every change.
    """

    def __init__(self, symbol: Symbol, capacity: int) -> None:
        self.symbol = symbol
        self.builder = CandleBuilder(capacity)
        self.tape = Tape()
        self.last_trade: Trade | None = None
        self.quote: Quote | None = None
        self.received_ns = 0
        self.heard_id = -1
        self.version = 0

    def add(self, trade: Trade) -> Outcome:
        """Put ``trade`` into the candles and remember it as the last one when none is newer."""
        _, trade_id, time_ns, price, size, _ = trade
        outcome = self.builder.add(trade_id, time_ns, price, size)
        if outcome is _APPLIED or outcome is _PATCHED:
            if self.last_trade is None or trade_id > self.last_trade.trade_id:
                self.last_trade = trade
            self.version += 1
        return outcome

    def clear(self) -> None:
        """Forget everything but the version."""
        self.builder.clear()
        self.tape = Tape()
        self.last_trade = self.quote = None
        self.received_ns, self.heard_id = 0, -1
        self.version += 1


class Market:
    """The symbols being watched. One thread calls the methods that write; any may read.

    ``symbols`` is another tuple after :meth:`start_anew`.
    """

    def __init__(self, symbols: Sequence[Symbol], capacity: int = 5000) -> None:
        self.symbols: tuple[Symbol, ...] = tuple(dict.fromkeys(symbols))
        self.unknown_events = 0
        self._capacity = capacity
        self._by_symbol: dict[str, SymbolMarket] = {
            symbol: SymbolMarket(symbol, capacity) for symbol in self.symbols
        }
        self._listeners: tuple[Callable[[Trade], None], ...] = ()
        self._quote_listeners: tuple[Callable[[Quote], None], ...] = ()
        self._keepers: tuple[Callable[[Trade], None], ...] = ()

    def __getitem__(self, symbol: str) -> SymbolMarket:
        """The state of ``symbol``; raises :class:`UnknownSymbol` that lists the ones there are."""
        found = self._by_symbol.get(symbol)
        if found is None:
            raise UnknownSymbol(symbol, self.symbols)
        return found

    def start_anew(self, symbols: Sequence[Symbol]) -> None:
        """Forget everything and watch ``symbols``; the others stay readable, without candles."""
        for state in self._by_symbol.values():
            state.clear()
        for symbol in symbols:
            if symbol not in self._by_symbol:
                self._by_symbol[symbol] = SymbolMarket(symbol, self._capacity)
        self.symbols = tuple(dict.fromkeys(symbols))

    def apply(self, event: Trade | Quote, received_ns: int) -> Outcome | None:
        """Take in one live event received at monotonic ``received_ns``; returns a trade's outcome.

        Events of other symbols are counted in ``unknown_events`` and ignored.
        """
        state = self._by_symbol.get(event.symbol)
        if state is None:
            self.unknown_events += 1
            return None
        state.received_ns = received_ns
        if isinstance(event, Quote):
            state.quote = event
            state.version += 1
            for quoted in self._quote_listeners:
                quoted(event)
            return None
        outcome = self._add(state, event)
        if event.trade_id > state.heard_id:
            state.heard_id = event.trade_id
            state.tape.add(event)
            for listener in self._listeners:
                listener(event)
        return outcome

    def fill(self, trade: Trade) -> Outcome | None:
        """Take in a trade asked for afterwards: candles know it, listeners are not told."""
        state = self._by_symbol.get(trade.symbol)
        if state is None:
            self.unknown_events += 1
            return None
        return self._add(state, trade)

    def _add(self, state: SymbolMarket, trade: Trade) -> Outcome:
        outcome = state.add(trade)
        if outcome is not _DUPLICATE:
            for keeper in self._keepers:
                keeper(trade)
        return outcome

    def listen_quotes(self, listener: Callable[[Quote], None]) -> None:
        """Have ``listener`` called in the writer's thread with every quote."""
        self._quote_listeners = (*self._quote_listeners, listener)

    def listen(self, listener: Callable[[Trade], None]) -> None:
        """Have ``listener`` called in the writer's thread with every new live trade."""
        self._listeners = (*self._listeners, listener)

    def keep(self, keeper: Callable[[Trade], None]) -> None:
        """Have ``keeper`` called in the writer's thread with every trade, live or filled in.

        Only trades known to be there twice are left out.
        """
        self._keepers = (*self._keepers, keeper)
