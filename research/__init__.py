"""Backtests run, watched, kept and compared."""
