"""Lossless WebP (VP8L) for palette pictures: pixels in, file out, nothing else allocated.

The format subset and the order of its bits are in docs/vp8l.md. Source: "Specification for WebP
Lossless Bitstream" (RFC 9649, section 3). The pixels are bundled, tokenised (which counts the
symbols), and written with codes made for those counts. What comes before the pixels depends on the
palette only and is kept from one picture to the next.
"""

import threading
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from chart_acceleration.encoders.bits import STATE_SIZE, bytes_written, put
from chart_acceleration.encoders.bundle import bundle_bits, largest
from chart_acceleration.encoders.changes import find_edges
from chart_acceleration.encoders.colour_table import put_colour_table
from chart_acceleration.encoders.errors import (
    MAX_SIDE,
    BadPalette,
    BadPicture,
    ColourOutOfPalette,
)
from chart_acceleration.encoders.intake import take
from chart_acceleration.encoders.prefix_codes import (
    SCRATCH_SIZE,
    put_one_symbol,
    put_prefix_code,
)
from chart_acceleration.encoders.runs import (
    GREEN_SYMBOLS,
    SLOTS,
    SPARE_TOKENS,
    SYMBOLS,
    count_symbols,
    tokenise,
)
from chart_acceleration.encoders.token_bits import put_tokens
from chart_acceleration.encoders.words import LANES
from chart_acceleration.memory import aligned_bytes
from market.kernel import kernel

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I64 = NDArray[np.int64]
I32 = NDArray[np.int32]
U64 = NDArray[np.uint64]

DEFAULT_PIXELS: Final = 1920 * 1080
CODE_LIMIT: Final = 8  # longest green code that decoders resolve with one lookup
MANY_SYMBOLS_LIMIT: Final = 12  # for pictures that use more symbols than fit well into 8 bits
COLOUR_INDEXING: Final = 3
SIGNATURE: Final = 0x2F

# The file starts at byte 3 of the buffer: then the bit stream after the 21 header bytes starts on a
# word.
FILE_START: Final = 3
STREAM_WORD: Final = 6
RIFF_BYTES: Final = 12
CHUNK_BYTES: Final = 8


class Workspace(NamedTuple):
    """Everything a kernel writes to; sizes follow from the largest picture."""

    bundled: U8  # one row unlike the first, the rows, LANES readable bytes
    tokens: U32
    words: U32  # the file from byte FILE_START on
    counts: I64
    lengths: I64
    tables: I64
    different: U64
    busy: I32
    edges: I32
    places: I32
    scratch: I64
    state: I64
    palette_state: I64  # the bit writer's state behind the palette that stands in ``words``

    @staticmethod
    def for_pixels(pixels: int) -> "Workspace":
        """Room for any picture of up to ``pixels`` pixels, whatever its sides and palette."""
        # The worst picture costs a literal of MANY_SYMBOLS_LIMIT bits per pixel; a palette less
        # than 2 KiB.
        return Workspace(
            bundled=aligned_bytes(pixels + MAX_SIDE + 3 * LANES),
            tokens=np.empty(pixels + SPARE_TOKENS, np.uint32),
            words=np.empty(pixels * MANY_SYMBOLS_LIMIT // 32 + 1024, np.uint32),
            counts=np.empty(SYMBOLS, np.int64),
            lengths=np.empty(SYMBOLS, np.int64),
            tables=np.empty((3, SYMBOLS), np.int64),
            different=np.empty(pixels // LANES + 2, np.uint64),
            busy=np.empty(pixels // LANES + 2, np.int32),
            edges=np.empty(pixels // 2 + LANES, np.int32),
            places=np.empty(SLOTS, np.int32),
            scratch=np.empty(SCRATCH_SIZE, np.int64),
            state=np.zeros(STATE_SIZE, np.int64),
            palette_state=np.zeros(STATE_SIZE, np.int64),
        )


class WebpEncoder:
    """Encodes palette pictures, one after the other, in memory it keeps. One per thread."""

    def __init__(self, max_pixels: int = DEFAULT_PIXELS) -> None:
        """Make room for pictures of ``max_pixels``; a larger one makes the encoder grow."""
        self._max_pixels = max_pixels
        self._work = Workspace.for_pixels(max_pixels)
        self._palette = b""  # the entries whose colour table stands in the workspace

    def encode(self, pixels: U8, palette: U8) -> bytes:
        """Return ``pixels`` (h, w) uint8, indices into ``palette`` (n, 3) uint8 RGB, as a lossless
        WebP file.

        Sides are 1..16384, n is 1..256. Raises BadPicture, BadPalette or ColourOutOfPalette, all
        EncodeError.
        """
        _check_shapes(pixels, palette)
        if pixels.size > self._max_pixels:
            self._work, self._max_pixels = Workspace.for_pixels(pixels.size), pixels.size
            self._palette = b""
        self._keep_palette(palette)
        rows = np.ascontiguousarray(pixels)
        size = _write_file(rows, bundle_bits(len(palette)), len(palette), self._work)
        if size == 0:
            y, x = np.unravel_index(int(np.argmax(pixels >= len(palette))), pixels.shape)
            raise ColourOutOfPalette(int(pixels[y, x]), int(x), int(y), len(palette))
        return self._work.words.view(np.uint8)[FILE_START : FILE_START + size].tobytes()

    def _keep_palette(self, palette: U8) -> None:
        entries = palette.tobytes()
        if entries != self._palette:
            _put_palette(np.array(palette, order="C"), self._work)
            self._palette = entries


def encode(pixels: U8, palette: U8) -> bytes:
    """:meth:`WebpEncoder.encode` with an encoder kept per thread."""
    encoder: WebpEncoder | None = getattr(_per_thread, "encoder", None)
    if encoder is None:
        encoder = _per_thread.encoder = WebpEncoder()
    return encoder.encode(pixels, palette)


_per_thread = threading.local()


def _check_shapes(pixels: U8, palette: U8) -> None:
    if pixels.dtype != np.uint8 or pixels.ndim != 2 or not _sides_fit(pixels.shape):
        raise BadPicture(pixels.dtype, pixels.shape, "uint8 (height, width)")
    shape = palette.shape
    if palette.dtype != np.uint8 or len(shape) != 2 or shape[1] != 3 or not 1 <= shape[0] <= 256:
        raise BadPalette(palette.dtype, shape)


def _sides_fit(shape: tuple[int, ...]) -> bool:
    return all(1 <= side <= MAX_SIDE for side in shape)


@kernel
def _write_file(pixels: U8, bits: int, colours: int, work: Workspace) -> int:
    """Write the file of ``pixels`` and the palette in ``work`` into ``work.words``; returns its
    size, 0 if a pixel is none of the ``colours``.
    """
    height, width = pixels.shape
    row_bytes = (width + (1 << bits) - 1) >> bits
    bundled = work.bundled[-row_bytes % LANES :]  # so that the rows begin on a cache line
    every, busy = take(pixels.reshape(-1), width, bits, bundled, work.different, work.busy)
    if every >= colours and largest(pixels) >= colours:
        return 0
    counts, state, words = work.counts, work.state, work.words
    edges = find_edges(work.different, work.busy, busy, row_bytes, work.edges)
    work.edges[edges] = row_bytes * (height + 1) + LANES  # behind the picture
    number = tokenise(bundled, row_bytes, row_bytes * height, work.edges, work.tokens, work.places)
    counts[:] = 0
    count_symbols(work.tokens[:number], counts)
    state[:] = work.palette_state
    put(state, words, 0, 3)  # no further transform, no colour cache, no meta prefix codes
    green, distances = counts[:GREEN_SYMBOLS], counts[GREEN_SYMBOLS:]
    table, lengths, scratch = work.tables[0], work.lengths, work.scratch
    put_prefix_code(
        state, words, green, _limit(green), lengths[:GREEN_SYMBOLS], table[:GREEN_SYMBOLS], scratch
    )
    for _ in range(3):  # red and blue are 0, alpha is 255: no bits
        put_one_symbol(state, words, 0)
    put_prefix_code(
        state,
        words,
        distances,
        CODE_LIMIT,
        lengths[GREEN_SYMBOLS:],
        table[GREEN_SYMBOLS:],
        scratch,
    )
    put_tokens(state, words, work.tokens[:number], table)
    return _put_container(words, bytes_written(state, words), width, height)


@kernel
def _limit(counts: I64) -> int:
    """The code length limit: 8 unless so many symbols are in use that it would cost space."""
    used = 0
    for count in counts:
        used += count > 0
    return CODE_LIMIT if used <= 160 else MANY_SYMBOLS_LIMIT


@kernel
def _put_palette(palette: U8, work: Workspace) -> None:
    state = work.palette_state
    state[0], state[1], state[2] = STREAM_WORD + 1, 0, 0  # behind the 32 bits of width and height
    put(state, work.words, 1, 1)
    put(state, work.words, COLOUR_INDEXING, 2)
    put(state, work.words, palette.shape[0] - 1, 8)
    put_colour_table(
        state, work.words, palette, work.counts, work.lengths, work.tables, work.scratch
    )


@kernel
def _put_container(words: U32, end: int, width: int, height: int) -> int:
    """Write the headers around the stream that ends at byte ``end``; returns the file's size."""
    file = words.view(np.uint8)
    start = FILE_START + RIFF_BYTES + CHUNK_BYTES
    chunk = end - start
    padded = chunk + (chunk & 1)
    if padded > chunk:
        file[end] = 0
    _put_name(file, FILE_START, b"RIFF", 4 + CHUNK_BYTES + padded)
    _put_name(file, FILE_START + RIFF_BYTES, b"VP8L", chunk)
    for i in range(4):
        file[FILE_START + 8 + i] = b"WEBP"[i]
    file[start] = SIGNATURE
    words[STREAM_WORD] = (width - 1) | ((height - 1) << 14)  # no alpha, version 0
    return RIFF_BYTES + CHUNK_BYTES + padded


@kernel
def _put_name(file: U8, at: int, name: bytes, size: int) -> None:
    for i in range(4):
        file[at + i] = name[i]
        file[at + 4 + i] = (size >> (8 * i)) & 255
