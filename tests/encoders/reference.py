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


def kept(rows: U8) -> list[bool]:
    """Of every byte whether it is one of three or more in a row that equal those above them."""
    data, row_bytes = rows.reshape(-1), rows.shape[1]
    equal = [i >= row_bytes and data[i] == data[i - row_bytes] for i in range(data.size)]
    result = list(equal)
    for i in range(data.size):
        first = end = i
        while first > 0 and equal[first - 1]:
            first -= 1
        while end < data.size and equal[end]:
            end += 1
        result[i] = equal[i] and end - first >= 3
    return result


def tokens(rows: U8) -> list[Token]:
    """What is kept is copied from above; the rest are literals where it is shorter than five bytes.

    Of a longer change every byte is looked at while five are left: eight or more bytes that equal
    the one before are copied from there; else a place is copied from whose next eight bytes are the
    same, if it is the last one of its slot (of 4096); else three or more bytes that equal the one
    before are copied from there; else the byte is a literal. The copies
    go on as far as they hold, over what is kept too. A long run comes in pieces of 4096. Bytes
    behind the picture count as 0. The first byte is a literal, whatever follows.
    """
    data, above = rows.reshape(-1), kept(rows)
    behind = np.concatenate([data, np.zeros(8, np.uint8)])
    slots: dict[int, int] = {}
    result: list[Token] = [("literal", int(data[0]), 0)]
    position = 1
    while position < data.size:
        end = position
        while end < data.size and above[end] == above[position]:
            end += 1
        length, kind, distance = end - position, "above", 0
        if not above[position]:
            length = 0
            if end - position >= 5:
                length, kind, distance = _found(data, behind, position, slots)
        if length == 0:
            result.append(("literal", int(data[position]), 0))
            position += 1
            continue
        position += length
        while length > 0:
            result.append((kind, min(length, 4096), distance))
            length -= 4096
    return result


def _found(data: U8, behind: U8, position: int, slots: dict[int, int]) -> tuple[int, str, int]:
    """Length, kind and distance of the copy that a long change begins with; length 0: none."""
    rest = data.size - position
    eight = behind[position : position + 8].tobytes()
    key = int.from_bytes(eight, "little")
    slot = key * 0x1E35A7BD1E35A7BD % 2**64 // 2**52
    place = slots.get(slot)
    slots[slot] = position
    left = equal_bytes(data, position, 1, rest)
    same = place is not None and behind[place : place + 8].tobytes() == eight
    if behind[position - 1 : position + 7].tobytes() == eight:
        return left, "left", 0
    if place is not None and same and position - place <= 2**20 - 120:
        return equal_bytes(data, position, position - place, rest), "afar", position - place
    return (left, "left", 0) if left >= 3 else (0, "", 0)


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
