"""Backtests from a shell: ``python -m trading.backtest sma_cross --data candles.csv``.

``list`` instead of a strategy lists them. The one module here that knows what reads files.
"""

import sys

from research.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
