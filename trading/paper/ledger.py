"""What a portfolio owns, in decimals, exactly: the books that its fills make.

The engine decides in float64. Here every fill is booked by the decimals that its event holds, so
after each of them, to the last digit:

    cash = moved in − Σ side × size × price − Σ fees
    cash + Σ cost of what is held = moved in + realised − fees
"""

from dataclasses import dataclass, field
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    getcontext,
    localcontext,
    setcontext,
)

from trading.errors import BadEvent
from trading.fill_arithmetic import apply_fill
from trading.paper.events import Filled

__all__ = ["MONEY", "ZERO", "Holding", "Ledger", "exact", "exact_fee"]

MONEY = Context(
    prec=100, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow]
)
"""Wide enough that sums and products of what is allowed are never rounded: 17 digits of a price
from 1e-10 to 1e12, 12 decimals of a size up to 1e12, 8 of a fee."""

GRAIN = Decimal("1E-16")
"""Cost that a sale releases is cut to multiples of this."""

ZERO = Decimal(0)

Outcome = tuple[Decimal, Decimal, Decimal, Decimal]
_FEE_DECIMALS = 8


def exact(value: float) -> Decimal:
    """A price or a size as its shortest text says it."""
    return Decimal(repr(value))


def exact_fee(fee: float) -> Decimal:
    """The fee with at most 8 digits after the point."""
    return exact(round(fee, _FEE_DECIMALS))


@dataclass(slots=True)
class Holding:
    """A symbol in a portfolio: signed ``size`` and ``cost`` (without fees), and what it brought.

    ``amount`` and ``paid`` are size and cost as the engine's float64.
    """

    size: Decimal = ZERO
    cost: Decimal = ZERO
    realised: Decimal = ZERO
    fees: Decimal = ZERO
    amount: float = 0.0
    paid: float = 0.0
    opened_ns: int = 0


_NOTHING = Holding()


@dataclass(slots=True)
class Ledger:
    """Cash and holdings of one portfolio. ``moved`` is what came in and has not gone out again.

    ``money`` is the cash as the engine's float64.
    """

    cash: Decimal = ZERO
    moved: Decimal = ZERO
    money: float = 0.0
    holdings: dict[str, Holding] = field(default_factory=dict)
    _draft: tuple[str, Decimal, Decimal, Decimal] | None = field(default=None, compare=False)
    _outcome: Outcome = field(default=(ZERO, ZERO, ZERO, ZERO), compare=False)

    def move(self, amount: Decimal) -> None:
        """Cash comes in, or goes out below zero."""
        with localcontext(MONEY):
            self.cash += amount
            self.moved += amount
        self.money = float(self.cash)

    def size(self, symbol: str) -> Decimal:
        """The signed size held."""
        held = self.holdings.get(symbol)
        return ZERO if held is None else held.size

    def amount(self, symbol: str) -> float:
        """The signed size held, as float64."""
        held = self.holdings.get(symbol)
        return 0.0 if held is None else held.amount

    def realised_by(self, symbol: str, change: Decimal, price: Decimal, fee: Decimal) -> Decimal:
        """The profit, before fees, that ``change`` at ``price`` would realise."""
        self._draft = (symbol, change, price, fee)
        self._outcome = self._after(symbol, change, price, fee)
        return self._outcome[3]

    def book(self, fill: Filled) -> None:
        """Take a fill in; raises :class:`BadEvent` when it says to have realised something else."""
        change = fill.size if fill.side > 0 else -fill.size
        draft = (fill.symbol, change, fill.price, fill.fee)
        drafted = self._draft is not None and self._draft == draft
        outcome = self._outcome if drafted else self._after(*draft)
        self._draft = None
        cash, size, cost, realised = outcome
        if realised != fill.realised:
            raise BadEvent(
                f"Fill {fill.id} says to have realised {fill.realised}; by the fills before it "
                f"that is {realised}."
            )
        held = self.holdings.get(fill.symbol)
        if held is None:
            held = self.holdings[fill.symbol] = Holding()
        amount = float(size)
        if held.amount * amount <= 0:
            held.opened_ns = fill.time_ns
        held.size, held.cost, held.amount, held.paid = size, cost, amount, float(cost)
        held.fees = MONEY.add(held.fees, fill.fee)
        if realised:
            held.realised = MONEY.add(held.realised, realised)
        self.cash, self.money = cash, float(cash)

    def _after(self, symbol: str, change: Decimal, price: Decimal, fee: Decimal) -> Outcome:
        """Cash, size and cost after a fill, and what it realises."""
        held = self.holdings.get(symbol, _NOTHING)
        before = getcontext()
        setcontext(MONEY)  # localcontext would copy it, at half the cost of all the sums
        try:
            cash, size, cost, realised = apply_fill(
                self.cash, held.size, held.cost, change, price, fee, GRAIN
            )
            return cash, size, cost.normalize(), realised.normalize() if realised else ZERO
        finally:
            setcontext(before)

    def balances(self) -> bool:
        """Whether cash and cost of what is held are what came in, was realised and was paid."""
        with localcontext(MONEY):
            return self.cash == self.moved + sum(
                (each.realised - each.fees - each.cost for each in self.holdings.values()), ZERO
            )
