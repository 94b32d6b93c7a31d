"""The kernels' source text and the names that Python and the kernels share."""

from enum import IntEnum, auto
from pathlib import Path
from typing import Final

TILE_WIDTH: Final = 64
TILE_HEIGHT: Final = 32
TILE_THREADS: Final = TILE_WIDTH // 8 * TILE_HEIGHT
ROW_GROUP: Final = 32
ROW_THREADS: Final = 64
CULL_THREADS: Final = 128

OPTIONS: Final = ("--std=c++17",)
KERNELS: Final = ("cull", "paint", "find_heads", "measure", "scatter")
BUFFERS: Final = ("scene", "kept", "plane", "masks", "heads", "bits", "sums", "out")


class Field(IntEnum):
    """One chart's row of int32. Places count elements of their buffer unless said otherwise."""

    X0 = 0  # the window: its corner in the scene, its size
    Y0 = auto()
    WIDTH = auto()
    HEIGHT = auto()
    RECTS = auto()  # place in scene
    RECT_COUNT = auto()
    GLYPHS = auto()  # place in scene
    GLYPH_COUNT = auto()
    RAMPS = auto()  # place in scene; a ramp is one element
    COVERAGE = auto()  # place in kept, read as bytes from there
    BOXES = auto()  # place in kept
    COLOURS = auto()
    BUNDLE = auto()  # log2 of the pixels in a byte
    PLANE = auto()
    STRIDE = auto()  # elements of plane from row to row
    MASKS = auto()
    ROWS = auto()  # place in heads and bits
    ROW_GROUPS = auto()  # place in sums behind the charts' own
    CODES = auto()  # place in kept of 280 codes
    HEAD = auto()  # place in kept of the stream's first bits
    HEAD_BITS = auto()
    STREAM = auto()  # place in out
    FIELDS = auto()


def source() -> str:
    """What the compiler gets."""
    fields = ", ".join(f"{field.name} = {field.value}" for field in Field)
    sizes = f"TILE_WIDTH = {TILE_WIDTH}, TILE_HEIGHT = {TILE_HEIGHT}, ROW_GROUP = {ROW_GROUP}"
    text = (Path(__file__).parent / "kernels.cu").read_text(encoding="utf-8")
    return f"enum Field {{ {fields} }};\nenum Size {{ {sizes} }};\n{text}"
