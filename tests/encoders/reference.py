"""Slow, obvious twins of the encoder's kernels. They share no code with them, only the format."""

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
# ("literal", byte, 0), ("above", length, 0), ("left", length, 0) or ("afar", length, distance)
Token = tuple[str, int, int]


def equal_bytes(data: U8, position: int, distance: int, most: int) -> int:
    """How many bytes from ``position`` on equal those ``distance`` before them, up to ``most``."""
    count = 0
    while count < most and data[position + count] == data[position + count - distance]:
        count += 1
    return count


def bundled(pixels: U8, bits: int) -> U8:
    """(h, w) indices, 2**bits of them in a byte, leftmost lowest: (h, ceil(w / 2**bits))."""
    per_byte, shift = 2**bits, 8 // 2**bits
    height, width = pixels.shape
    out = np.zeros((height, -(-width // per_byte)), np.uint8)
    for y in range(height):
        for x in range(width):
            out[y, x // per_byte] |= int(pixels[y, x]) << (x % per_byte * shift)
    return out


def tokens(rows: U8) -> list[Token]:
    """Greedy: the longest copy of at least three bytes; a long run in pieces of 4096.

    Above goes before left, and a run of 64 bytes or more from above is taken without looking left.
    Where both are shorter than eight bytes, the last such place whose next eight bytes fell into
    the same of 4096 slots is tried too; it must give nine bytes more.
    """
    data = rows.reshape(-1)
    row_bytes = rows.shape[1]
    slots: dict[int, int] = {}
    result: list[Token] = []
    position = 0
    while position < data.size:
        rest = data.size - position
        above = equal_bytes(data, position, row_bytes, rest) if position >= row_bytes else 0
        left = equal_bytes(data, position, 1, rest) if position > 0 and above < 64 else 0
        length, kind, distance = (left, "left", 0) if left > above else (above, "above", 0)
        if length < 8 and rest >= 8:
            key = int.from_bytes(data[position : position + 8].tobytes(), "little")
            slot = key * 0x1E35A7BD1E35A7BD % 2**64 // 2**52
            if slot in slots and position - slots[slot] <= 2**20 - 120:
                back = position - slots[slot]
                afar = equal_bytes(data, position, back, rest)
                if afar >= length + 9:
                    length, kind, distance = afar, "afar", back
            slots[slot] = position
        if length < 3:
            result.append(("literal", int(data[position]), 0))
            position += 1
            continue
        position += length
        while length > 0:
            result.append((kind, min(length, 4096), distance))
            length -= 4096
    return result


def expanded(parts: Sequence[Token], row_bytes: int) -> U8:
    """What a decoder makes of tokens."""
    data: list[int] = []
    for kind, value, afar in parts:
        if kind == "literal":
            data.append(value)
            continue
        distance = {"above": row_bytes, "left": 1, "afar": afar}[kind]
        for _ in range(value):
            data.append(data[-distance])
    return np.array(data, np.uint8)


def tokens_of_words(words: Sequence[int]) -> list[Token]:
    """Take packed tokens apart with the specification's formula for prefixes."""
    result: list[Token] = []
    rest = iter(words)
    for word in rest:
        if word & 511 < 256:
            assert word < 256
            result.append(("literal", word, 0))
            continue
        length, code = prefix_value(word, 256), prefix_value(next(rest), 280)
        kind = {1: "above", 2: "left"}.get(code, "afar")
        result.append((kind, length, code - 120 if kind == "afar" else 0))
    return result


def prefix_value(word: int, first_symbol: int) -> int:
    """The length or distance code (1 and up) a packed token stands for."""
    prefix, count, extra = (word & 511) - first_symbol, (word >> 9) & 31, word >> 14
    if prefix < 4:
        assert count == extra == 0
        return prefix + 1
    assert count == (prefix - 2) >> 1
    assert extra < 1 << count
    return ((2 + (prefix & 1)) << count) + extra + 1


def huffman_cost(counts: Sequence[int]) -> int:
    """Total bits of an unlimited Huffman code, by merging the two rarest until one is left."""
    heap = [c for c in counts if c]
    heapq.heapify(heap)
    cost = heap[0] if len(heap) == 1 else 0
    while len(heap) > 1:
        merged = heapq.heappop(heap) + heapq.heappop(heap)
        cost += merged
        heapq.heappush(heap, merged)
    return cost


def limited_cost(counts: Sequence[int], limit: int) -> int:
    """Total bits of the best code with lengths up to ``limit``, by package-merge."""
    coins = sorted(c for c in counts if c)
    if len(coins) == 1:
        return coins[0]
    level = coins
    for _ in range(limit - 1):
        packages = [a + b for a, b in zip(level[::2], level[1::2], strict=False)]
        level = sorted(coins + packages)
    return sum(level[: 2 * len(coins) - 2])


def canonical(lengths: Sequence[int]) -> dict[int, str]:
    """Canonical code words as text, first bit first: shorter before longer, then by symbol."""
    words: dict[int, str] = {}
    code, before = 0, 0
    for length, symbol in sorted((n, s) for s, n in enumerate(lengths) if n):
        code <<= length - before
        words[symbol] = f"{code:0{length}b}"
        code, before = code + 1, length
    return words


class BitReader:
    """Reads the least significant bit of every byte first."""

    def __init__(self, data: bytes) -> None:
        self.value = int.from_bytes(data, "little")
        self.position = 0

    def read(self, count: int) -> int:
        part = (self.value >> self.position) & ((1 << count) - 1)
        self.position += count
        return part

    def symbol(self, words: dict[int, str]) -> int:
        by_text = {text: symbol for symbol, text in words.items()}
        text = ""
        while text not in by_text:
            text += str(self.read(1))
        return by_text[text]


def read_prefix_code(reader: BitReader, alphabet: int) -> dict[int, str]:
    """Read a code as section 6.2.1 of the bitstream specification says: symbol -> code word."""
    if reader.read(1):
        number = reader.read(1) + 1
        first = reader.read(8 if reader.read(1) else 1)
        return {first: ""} if number == 1 else {first: "0", reader.read(8): "1"}
    order = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    own = [0] * 19
    for i in range(4 + reader.read(4)):
        own[order[i]] = reader.read(3)
    assert reader.read(1) == 0
    words = canonical(own)
    lengths: list[int] = []
    previous = 8
    while len(lengths) < alphabet:
        symbol = reader.symbol(words)
        if symbol < 16:
            lengths.append(symbol)
            previous = symbol or previous
        elif symbol == 16:
            lengths += [previous] * (3 + reader.read(2))
        else:
            lengths += [0] * (3 + reader.read(3) if symbol == 17 else 11 + reader.read(7))
    assert len(lengths) == alphabet
    return canonical(lengths)
