"""The fixed code of charts: palettes of 5 to 16 colours, which all themes have.

Huffman's code lengths (limit 10) for the symbols of 44 made charts of eleven sizes from 340x200
to 2560x1440 and scales 1 to 3, with and without a legend, dark and light, every picture weighing
the same; counts of 20,000 symbols in all, and 20 more for each symbol, so that a byte that charts
seldom have costs 10 bits and not more. On other seeds the green symbols take 11 % more bits than
with a code made for each picture; ``tests/chart_acceleration/cuda/test_stream.py`` holds it near
that. Themes have their colours in the same order, so one code serves them all.
"""

from typing import Final

# One hexadecimal digit a symbol: 256 bytes (two pixels, the left one low), 24 copy lengths.
_DIGITS: Final = (
    "38a5666677aaaaaa86aaaa8899aaaaaaaaaaaaaaaaaaaaaa5aa886aaaaaaaaaa"
    "6aa886aaaaaaaaaa6aa674aaaaaaaaaa68aaaa598aaaaaaa68aaaa96aaaaaaaa"
    "79aaaa8a69aaaaaa79aaaaa996aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aa6667777767777877788999"
)
CHART_LENGTHS: Final = tuple(int(digit, 16) for digit in _DIGITS)
