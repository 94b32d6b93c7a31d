"""The fixed codes of charts, one for the sixteen colours of most, one for the twenty of the rest.

Huffman's code lengths (limit 11) for the symbols of 84 varied charts each (every style, axis, size
and theme; overlays, bands, panes, markers), every picture weighing the same: counts of 40,000
symbols in all, and 4 more for each symbol, so that a byte that charts seldom have costs 11 bits and
not more. Made by ``benchmarks/train_chart_codes.py``, which says how many bits they take on other
charts; ``tests/chart_acceleration/cuda/test_stream.py`` holds them near codes made for each
picture. Themes have their colours in the same order, so one code serves them all.
"""

from typing import Final

# One hexadecimal digit a symbol: 256 bytes (two pixels, the left one low), 24 copy lengths.
_DIGITS: Final = (
    "38b676667776bbbb85bbbbbbbbbbbbbbbbabbbbbbbbbbbbb5bb8b6bbbbbbbbbb"
    "7bbb86bbbbbbbbbb6bb674bbbbbbbbbb6bbbbb5bbbbbbbbb6bbbbbb5bbbbbbbb"
    "7bbbbbbb7bbbbbbb7bbbbbbbb7bbbbbb7bbbbbbbbb56bbbb6bbbbbbbbb67bbbb"
    "bbbbbbbbbbbb7bbbbbbbbbbbbbbbbabbbbbbbbbbbbbbbb88bbbbbbbbbbbbbb8b"
    "bb56666767677778777bbbbb"
)
CHART_LENGTHS: Final = tuple(int(digit, 16) for digit in _DIGITS)
"""For palettes of 5 to 16 colours."""

# As above, a byte being one pixel: from the twentieth on they cannot come.
_WIDE_DIGITS: Final = (
    "3584545566548765546500000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "bb55565666666777787879a8"
)
WIDE_COLOURS: Final = 20
WIDE_LENGTHS: Final = tuple(int(digit, 16) for digit in _WIDE_DIGITS)
"""For palettes of WIDE_COLOURS colours."""
