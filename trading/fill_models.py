"""Fees and slippage as small objects with one method each, passed to whoever fills orders."""

from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Protocol

from market.types import Side
from trading.errors import BadCosts
from trading.fill_arithmetic import proportional_fee, slipped_price

__all__ = [
    "MAX_FEE_RATE", "MAX_SLIPPAGE_BP", "Costs", "FeeModel", "ProportionalFee",
    "ProportionalSlippage", "SlippageModel",
]  # fmt: skip

MAX_FEE_RATE = 0.1
MAX_SLIPPAGE_BP = 1000.0
_RATE_DECIMALS = 8
_BASIS_POINT = Decimal("0.0001")


class FeeModel(Protocol):
    """What a fill costs."""

    def fee(self, notional: Decimal) -> Decimal:
        """The fee, in quote currency, of a fill worth ``notional``; never negative."""
        ...


class SlippageModel(Protocol):
    """How far from the reference an order fills."""

    def price(self, reference: Decimal, side: Side) -> Decimal:
        """The price at which an order of ``side`` fills when the market stands at ``reference``."""
        ...


@dataclass(frozen=True, slots=True)
class ProportionalFee:
    """``rate`` of the value of every fill: 0.001 is 0.1 %.

    Raises :class:`BadCosts` outside 0 to 0.1.
    """

    rate: Decimal

    def __post_init__(self) -> None:
        _check_rate("fee rate", self.rate, Decimal(str(MAX_FEE_RATE)))

    def fee(self, notional: Decimal) -> Decimal:
        """See :class:`FeeModel`."""
        return proportional_fee(notional, self.rate)


@dataclass(frozen=True, slots=True)
class ProportionalSlippage:
    """Every fill is worse by ``basis_points`` hundredths of a percent, whatever its size."""

    basis_points: Decimal

    def __post_init__(self) -> None:
        _check_rate("slippage in bp", self.basis_points, Decimal(str(MAX_SLIPPAGE_BP)))

    def price(self, reference: Decimal, side: Side) -> Decimal:
        """See :class:`SlippageModel`."""
        return slipped_price(reference, int(side), self.basis_points * _BASIS_POINT)


@dataclass(frozen=True, slots=True)
class Costs:
    """What a backtest charges per fill: ``fee_rate`` of its value and ``slippage_bp`` basis points.

    Raises :class:`BadCosts` unless 0 <= fee_rate <= 0.1 and 0 <= slippage_bp <= 1000.
    """

    fee_rate: float = 0.001
    slippage_bp: float = 5.0

    def __post_init__(self) -> None:
        for name, value, most in (
            ("fee_rate", self.fee_rate, MAX_FEE_RATE),
            ("slippage_bp", self.slippage_bp, MAX_SLIPPAGE_BP),
        ):
            if not (isfinite(value) and 0 <= value <= most):
                raise BadCosts(f"{name} was {value}; allowed is 0 to {most:g}")

    @property
    def slippage_rate(self) -> float:
        """Slippage as a fraction of the price."""
        return self.slippage_bp / 10_000

    @property
    def free(self) -> bool:
        """Whether trading costs nothing at all."""
        return self.fee_rate == 0 and self.slippage_bp == 0


def _check_rate(name: str, value: Decimal, most: Decimal) -> None:
    if not (value.is_finite() and 0 <= value <= most):
        raise BadCosts(f"{name} was {value}; allowed is 0 to {most:f}")
    if -int(value.as_tuple().exponent) > _RATE_DECIMALS:
        raise BadCosts(f"{name} was {value}; allowed are {_RATE_DECIMALS} digits after the point")
