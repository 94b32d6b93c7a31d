"""Paper trading: accounts on live prices, pure; whoever drives them brings clock and journal."""

from market.compiled import search_path

__path__ = search_path(__name__, __path__)
