"""Paper trading: accounts on live prices, pure; whoever drives them brings clock and journal."""

from market.compiled import search_path

COMPILED = (
    "changing", "closing", "core", "fill_log", "floor", "grid", "intake", "ledger", "order_watch",
    "placing", "plain", "portfolio", "records", "risk_rules", "running_candles",
    "signal_automation", "signal_decider", "standing", "tape", "telling", "valuation", "whole",
)  # fmt: skip
"""Modules of which machine code is made where there is a compiler. Not what holds kernels, and not
values that are journaled or shown: those stay ordinary classes."""

__path__ = search_path(__name__, __path__)
