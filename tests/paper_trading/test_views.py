"""The plain values that pages read."""

from dataclasses import replace
from decimal import Decimal

from paper_trading.errors import UnknownAccount
from server.paper_views import OrderView

ORDER = OrderView(
    id=1, owner="manual", opened_by="Manual", symbol="BTC-USD", side="buy", kind="limit",
    size=Decimal("0.1"), filled=Decimal(0), limit=Decimal(37_600), stop=None, trail=None,
    tif="GTC", post_only=False, reduce_only=False, state="waiting", words="", parent=None,
    role="entry", queue_ahead=None, placed_ms=0,
)  # fmt: skip


def test_an_order_is_live_until_it_ends() -> None:
    """Lines on the chart are drawn for these."""
    live = [replace(ORDER, state=state).live for state in ("waiting", "working", "filled")]
    assert live == [True, True, False]


def test_the_sentence_of_an_unknown_account_lists_those_there_are() -> None:
    """It is shown as it is."""
    assert str(UnknownAccount(7, [1, 2])) == "account was 7; there are 1, 2"
    assert str(UnknownAccount(7, [])) == "account was 7; there are none yet"
