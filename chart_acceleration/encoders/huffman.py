"""Length-limited canonical prefix codes.

Lengths are Huffman's, computed in place on sorted counts (A. Moffat, J. Katajainen, "In-Place
Calculation of Minimum-Redundancy Codes", 1995), then cut to the limit: codes that are too long are
shortened to it, and the overspent code space is won back by lengthening, one step each, the
cheapest longer-than-needed leaves. The tree is always complete, which VP8L demands.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from market.kernel import kernel

I64 = NDArray[np.int64]
LENGTH_BITS: Final = 5  # a table entry is code << 5 | length
LENGTH_MASK: Final = 31
MAX_LENGTH: Final = 15
SYMBOL_BITS: Final = 9  # no alphabet has more symbols


@kernel
def code_lengths(counts: I64, limit: int, lengths: I64, scratch: I64) -> int:
    """Fill ``lengths`` with a length for every symbol whose count is positive, 0 for the others.

    ``scratch`` needs 2 x len(counts) + 32 elements. A single used symbol gets length 1. The number
    of used symbols is returned; the caller takes a limit with ``2**limit`` >= that number.
    """
    size = counts.size
    symbols, weights, per_length = scratch[:size], scratch[size : 2 * size], scratch[2 * size :]
    used = _sorted_symbols(counts, symbols, weights)
    lengths[:] = 0
    if used == 0:
        return 0
    _minimum_redundancy(weights, used)
    per_length[:32] = 0
    for i in range(used):
        per_length[min(weights[i], limit)] += 1
    _restore_kraft(per_length, limit)
    length = limit
    for i in range(used):
        while per_length[length] == 0:
            length -= 1
        lengths[symbols[i]] = length
        per_length[length] -= 1
    return used


@kernel
def _sorted_symbols(counts: I64, symbols: I64, weights: I64) -> int:
    """Used symbols, rarest first, equal counts in symbol order; insertion sort, as few are used."""
    used = 0
    for symbol in range(counts.size):
        if counts[symbol] == 0:
            continue
        key = (counts[symbol] << SYMBOL_BITS) | symbol  # one number for both: one to move
        place = used
        while place > 0 and weights[place - 1] > key:
            weights[place] = weights[place - 1]
            place -= 1
        weights[place] = key
        used += 1
    for i in range(used):
        symbols[i] = weights[i] & ((1 << SYMBOL_BITS) - 1)
        weights[i] >>= SYMBOL_BITS
    return used


@kernel
def _minimum_redundancy(a: I64, n: int) -> None:
    """Replace ``n`` ascending weights by Huffman code lengths, longest first."""
    if n == 1:
        a[0] = 1
        return
    _parents(a, n)
    a[n - 2] = 0
    for node in range(n - 3, -1, -1):
        a[node] = a[a[node]] + 1
    available, depth, root, place = 1, 0, n - 2, n - 1
    while available > 0:
        inner = 0
        while root >= 0 and a[root] == depth:
            inner += 1
            root -= 1
        while available > inner:
            a[place] = depth
            place -= 1
            available -= 1
        available = 2 * inner
        depth += 1


@kernel
def _parents(a: I64, n: int) -> None:
    """First pass: ``a[node]`` becomes the index of each inner node's parent."""
    a[0] += a[1]
    root, leaf = 0, 2
    for node in range(1, n - 1):
        if leaf >= n or a[root] < a[leaf]:
            a[node] = a[root]
            a[root] = node
            root += 1
        else:
            a[node] = a[leaf]
            leaf += 1
        if leaf >= n or (root < node and a[root] < a[leaf]):
            a[node] += a[root]
            a[root] = node
            root += 1
        else:
            a[node] += a[leaf]
            leaf += 1


@kernel
def _restore_kraft(per_length: I64, limit: int) -> None:
    """Make the sum of ``2**-length`` exactly 1.

    Each round takes one leaf away from the deepest level and hangs it beside a leaf moved one down.
    """
    space = 0
    for length in range(1, limit + 1):
        space += per_length[length] << (limit - length)
    excess = space - (1 << limit)
    while excess > 0:
        per_length[limit] -= 1
        length = limit - 1
        while per_length[length] == 0:
            length -= 1
        per_length[length] -= 1
        per_length[length + 1] += 2
        excess -= 1


@kernel
def canonical_codes(lengths: I64, table: I64, scratch: I64) -> None:
    """Fill ``table[symbol]`` with ``code << 5 | length``; codes in canonical order, bit-reversed
    for a writer that puts the low bit first (RFC 1951, 3.2.2). ``scratch`` needs 32 elements."""
    per_length, next_code = scratch[:16], scratch[16:32]
    per_length[:] = 0
    for symbol in range(lengths.size):
        per_length[lengths[symbol]] += 1
    code = 0
    per_length[0] = 0
    for length in range(1, MAX_LENGTH + 1):
        code = (code + per_length[length - 1]) << 1
        next_code[length] = code
    for symbol in range(lengths.size):
        length = lengths[symbol]
        if length == 0:
            table[symbol] = 0
            continue
        code = next_code[length]
        next_code[length] = code + 1
        reverse = 0
        for _ in range(length):
            reverse = (reverse << 1) | (code & 1)
            code >>= 1
        table[symbol] = (reverse << LENGTH_BITS) | length
