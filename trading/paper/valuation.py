"""What portfolios are worth at the newest prices, looked at again only where something changed."""

from collections.abc import Iterable, Mapping

from trading.paper.standing import PortfolioRecord
from trading.paper.tape import Line

__all__ = ["Valuation", "Worth"]


Worth = tuple[float, float]
"""Equity and exposure (shorts count like longs), in the account's currency."""


class Valuation:
    """The worth of every portfolio in ``records``; what has no price counts at its entry.

    ``holders`` are the owners that hold something by symbol. Whoever changes a ledger or a price
    says so: :meth:`booked`, :meth:`priced`.
    """

    def __init__(
        self, records: Mapping[str, PortfolioRecord], lines: Mapping[str, Line],
        holders: Mapping[str, Iterable[str]],
    ) -> None:  # fmt: skip
        self._records, self._lines, self._holders = records, lines, holders
        self._equities: dict[str, float] = {}
        self._exposures: dict[str, float] = {}
        self._stale: set[str] = set()
        self._priced: set[str] = set()
        self._unpriced: set[str] = set()
        for owner in records:
            self.add(owner)

    def add(self, owner: str) -> None:
        """There is another portfolio."""
        self._equities[owner] = self._exposures[owner] = 0.0
        self._stale.add(owner)

    def booked(self, owner: str) -> None:
        """The ledger of a portfolio is another one."""
        self._stale.add(owner)

    def priced(self, symbol: str) -> None:
        """The price of a symbol is another one."""
        self._priced.add(symbol)

    def forget(self, owner: str) -> None:
        """A portfolio is gone."""
        self._stale.discard(owner)
        self._unpriced.discard(owner)
        del self._equities[owner], self._exposures[owner]

    def of(self, owner: str) -> Worth:
        """The worth of one portfolio."""
        if self._priced:
            self._spread()
        if owner in self._stale:
            self._look(owner)
        return self._equities[owner], self._exposures[owner]

    @property
    def is_full(self) -> bool:
        """Whether there is a price for everything that is held."""
        self._look_at_stale()
        return not self._unpriced

    def total(self) -> Worth:
        """The worth of the account."""
        self._look_at_stale()
        return sum(self._equities.values(), 0.0), sum(self._exposures.values(), 0.0)

    def _look_at_stale(self) -> None:
        if self._priced:
            self._spread()
        for owner in tuple(self._stale):
            self._look(owner)

    def _spread(self) -> None:
        """Another price is another worth to all that hold the symbol."""
        for symbol in self._priced:
            self._stale.update(self._holders[symbol])
        self._priced.clear()

    def _look(self, owner: str) -> None:
        ledger, lines, priced = self._records[owner].ledger, self._lines, True
        equity, exposure = ledger.money, 0.0
        for symbol, held in ledger.holdings.items():
            if held.amount:
                mark = lines[symbol].mark
                priced = priced and mark > 0
                value = held.amount * mark if mark else held.paid
                equity += value
                exposure += abs(value)
        self._equities[owner], self._exposures[owner] = equity, exposure
        self._stale.discard(owner)
        if priced:
            self._unpriced.discard(owner)
        else:
            self._unpriced.add(owner)
