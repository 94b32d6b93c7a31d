"""An account as texts for a tab: one for each part of the page, encoded when that part changed.

Decimals are written as JSON numbers: a page shows them, it does not add them up.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from server.paper_views import AccountRow, AccountView, EquityCurve
from server.views import LastView

LISTS = ("positions", "orders", "fills", "gauges", "automations", "instruments")
_HEAD = (
    "name", "market", "temporary", "currency", "terms", "limits", "start_capital", "equity", "cash",
    "unrealised", "realised", "realised_today", "fees", "fees_today", "exposure",
    "exposure_percent", "drawdown_percent", "halted", "tradable", "why_not", "fill_count",
    "journal", "tick_to_order_us", "seq", "notice",
)  # fmt: skip
CURVE_EVERY_NS = 5_000_000_000
"""The course of equity is told this often; its newest point is the account's equity."""

_encoder = msgspec.json.Encoder(decimal_format="number")


class AccountTexts:
    """The newest texts of one account. A text that did not change stays the same object."""

    def __init__(self) -> None:
        self._values: dict[str, object] = {}
        self._texts: dict[str, bytes] = {}
        self._curve_ns = -CURVE_EVERY_NS

    def of(self, view: AccountView, now_ns: int) -> Mapping[str, bytes]:
        """By the part's name. ``now_ns`` rises."""
        self._put(view, "account", {name: getattr(view, name) for name in _HEAD})
        for name in LISTS:
            self._put(view, name, getattr(view, name))
        if now_ns - self._curve_ns >= CURVE_EVERY_NS:
            self._curve_ns = now_ns
            self._put(view, "curve", _points(view.curve))
        return self._texts

    def _put(self, view: AccountView, part: str, value: object) -> None:
        if part not in self._texts or self._values[part] != value:
            self._values[part] = value
            self._texts[part] = text(part, view.id, value)


def _points(curve: EquityCurve) -> list[list[float]]:
    return [curve.time_ms.tolist(), curve.equity.tolist()]


def text(part: str, account: int, value: object) -> bytes:
    """One part; ``account`` 0 for what belongs to none."""
    return _encoder.encode({"type": "paper", "part": part, "account": account, "value": value})


def rows_text(rows: tuple[AccountRow, ...]) -> bytes:
    """The accounts that there are."""
    return text("accounts", 0, rows)


def quote_text(last: LastView) -> bytes:
    """Best bid and ask of the symbol on the ticket; the last price where a side is not quoted."""
    value: dict[str, Any] = {
        "symbol": last.symbol,
        "last": last.price,
        "bid": last.price if last.bid is None else last.bid,
        "ask": last.price if last.ask is None else last.ask,
        "decimals": last.decimals,
        "change_pct": last.change_pct,
    }
    return text("quote", 0, value)
