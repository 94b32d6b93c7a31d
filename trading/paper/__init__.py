"""Paper trading: accounts on live prices, pure; whoever drives them brings clock and journal."""
