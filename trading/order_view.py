"""What a strategy reads of an order."""

from dataclasses import dataclass

import numpy as np

from market.types import Side
from trading.engine.records import Kind, Reason, State

__all__ = ["END_WORDS", "OrderView"]


END_WORDS = {
    Reason.NONE: "filled",
    Reason.ASKED: "cancelled",
    Reason.TIME_IN_FORCE: "could not fill at once",
    Reason.MARGIN: "the account could not carry the position with its costs",
    Reason.POST_ONLY: "post-only, and it would have taken",
    Reason.REDUCE_ONLY: "there was nothing left to reduce",
    Reason.PARTNER: "the other order of the bracket filled",
    Reason.PARENT: "the entry ended without filling",
    Reason.LIQUIDATION: "the account was liquidated",
    Reason.NO_SIZE: "there was nothing to trade",
    Reason.RULES: "the rules of the account, or the state of the market, did not allow it",
}


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as it stood when it was asked for.

    ``size`` is 0 until an order by share of the equity starts to work; ``parent`` is the entry that
    an order of a bracket closes, else 0.
    """

    number: int
    symbol: str
    side: Side
    kind: Kind
    size: float
    filled: float
    limit: float
    stop: float
    parent: int
    state: State
    reason: Reason

    @staticmethod
    def of(record: np.void, symbols: tuple[str, ...]) -> "OrderView":
        """The view of an ORDER record."""
        return OrderView(
            int(record["number"]), symbols[record["symbol"]], Side(int(record["side"])),
            Kind(record["kind"]), float(record["size"]), float(record["filled"]),
            float(record["limit"]), float(record["stop"]), int(record["parent"]),
            State(record["state"]), Reason(record["reason"]),
        )  # fmt: skip

    @property
    def is_live(self) -> bool:
        """Whether it may still fill."""
        return self.state <= State.WORKING

    @property
    def words(self) -> str:
        """How it stands, or why it ended: ``refused: the account could not carry …``."""
        if self.is_live or self.state is State.FILLED:
            return self.state.name.lower()
        return f"{self.state.name.lower()}: {END_WORDS[self.reason]}"
