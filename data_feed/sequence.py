"""Gaps in a venue's trade ids, which mean that trades were missed."""

from market.types import Symbol


class TradeSequence:
    """Remembers the lowest and the highest trade id per symbol; one symbol's ids rise by one."""

    def __init__(self) -> None:
        self._first: dict[Symbol, int] = {}
        self._newest: dict[Symbol, int] = {}
        self._told: dict[Symbol, int] = {}

    def missed(self, symbol: Symbol, trade_id: int) -> int:
        """How many trades of ``symbol`` are missing just before ``trade_id``; 0 for old ids."""
        newest = self._newest.get(symbol)
        if newest is None:
            self._first[symbol] = self._newest[symbol] = trade_id
            return 0
        if trade_id <= newest:
            return 0
        self._newest[symbol] = trade_id
        return trade_id - newest - 1

    def behind(self, symbol: Symbol, last_id: int) -> int | None:
        """The id after which trades are missing, now that the venue says its newest is ``last_id``;
        None when none is.

        The trade itself may still be on its way: only what the venue said the time before counts.
        """
        told, newest = self._told.get(symbol), self._newest.get(symbol)
        self._told[symbol] = last_id
        if told is None or newest is None or newest >= told:
            return None
        self._newest[symbol] = told
        return newest

    def follow(self, earlier: "TradeSequence") -> dict[Symbol, int]:
        """Go on from where ``earlier`` ended; the ids after which trades are missing."""
        missing = {}
        for symbol, newest in earlier._newest.items():
            first = self._first.get(symbol)
            if first is None:
                self._first[symbol] = self._newest[symbol] = newest
            elif first > newest + 1:
                missing[symbol] = newest
        return missing
