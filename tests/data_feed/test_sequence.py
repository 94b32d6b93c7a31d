"""A jump in trade ids is a gap; repetitions and late ones are not."""

from data_feed.sequence import TradeSequence
from market.types import Symbol


def test_missed_trades_are_counted_per_symbol() -> None:
    sequence = TradeSequence()
    btc, eth = Symbol("BTC-USD"), Symbol("ETH-USD")
    script = [
        (btc, 10, 0),
        (btc, 11, 0),
        (eth, 500, 0),
        (btc, 15, 3),
        (btc, 13, 0),
        (btc, 15, 0),
        (btc, 16, 0),
    ]
    for symbol, trade_id, missed in script:
        assert sequence.missed(symbol, trade_id) == missed
