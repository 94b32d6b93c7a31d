"""Lossless WebP for pictures with more than 256 colours: libwebp through Pillow, at its fastest."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from chart_acceleration.encoders.errors import MAX_SIDE, BadPicture

U8 = NDArray[np.uint8]
LIBWEBP_MAX_SIDE = MAX_SIDE - 1  # libwebp's encoder stops one short of the format's limit


def encode_rgb(pixels: U8) -> bytes:
    """Return ``pixels`` (h, w, 3) uint8 RGB as a lossless WebP file. Raises BadPicture."""
    shape = pixels.shape
    fits = pixels.ndim == 3 and shape[2] == 3 and all(1 <= s <= LIBWEBP_MAX_SIDE for s in shape[:2])
    if pixels.dtype != np.uint8 or not fits:
        raise BadPicture(pixels.dtype, shape, "uint8 (height, width, 3)", LIBWEBP_MAX_SIDE)
    file = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(
        file, "WEBP", lossless=True, method=0, quality=0
    )
    return file.getvalue()
