"""Errors of the encoders package.

EncodeError
├── BadPicture          pixels of a wrong type, shape or size
├── BadPalette          a palette of a wrong type, shape or size
└── ColourOutOfPalette  a pixel that names no palette entry
"""

from typing import Final

MAX_SIDE: Final = 16384  # VP8L keeps width - 1 and height - 1 in 14 bits each


class EncodeError(ValueError):
    """Root of every error raised by ``chart_acceleration.encoders``."""


class BadPicture(EncodeError):
    """Pixels of a wrong type, shape or size."""

    def __init__(
        self, dtype: object, shape: tuple[int, ...], wanted: str, max_side: int = MAX_SIDE
    ) -> None:
        self.shape = shape
        super().__init__(
            f"pixels were {dtype} of shape {shape}; "
            f"allowed is {wanted}, height and width 1..{max_side}"
        )


class BadPalette(EncodeError):
    """A palette of a wrong type, shape or size."""

    def __init__(self, dtype: object, shape: tuple[int, ...]) -> None:
        self.shape = shape
        super().__init__(
            f"palette was {dtype} of shape {shape}; allowed is uint8 (n, 3) with n 1..256"
        )


class ColourOutOfPalette(EncodeError):
    """A pixel that names no palette entry."""

    def __init__(self, value: int, x: int, y: int, colours: int) -> None:
        self.value, self.x, self.y, self.colours = value, x, y, colours
        super().__init__(
            f"pixel at x={x}, y={y} was {value}; the palette has {colours} colours, "
            f"allowed are 0..{colours - 1}"
        )
