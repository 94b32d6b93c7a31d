"""Fewer points for a figure, with no high or low lost."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["kept_rows"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


def kept_rows(curves: Sequence[F64], most: int) -> I64:
    """Rows (m,), rising, at most ``most`` of the n that every curve (n,) has.

    First and last row, and of equally long pieces those where some curve is highest or lowest:
    a line through them covers the same pixels as one through all.
    """
    count = len(curves[0])
    if count <= most:
        return np.arange(count)
    pieces = (most - 2) // (2 * len(curves))
    edges = np.linspace(0, count, pieces + 1).astype(np.int64)
    kept = {0, count - 1}
    for curve in curves:
        for first, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            piece = curve[first:end]
            kept.update((first + int(piece.argmin()), first + int(piece.argmax())))
    return np.array(sorted(kept), np.int64)
