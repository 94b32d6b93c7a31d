"""Depth charts by URL: a book's two sides as one lossless WebP picture."""

from dataclasses import dataclass
from itertools import groupby
from math import ceil, log10

import msgspec

from chart_acceleration.depth_reading import DepthReading, read_depth
from chart_acceleration.depth_spec import DepthSpec
from chart_acceleration.errors import ChartError
from server.book_reader import BookReader
from server.drawing import Drawing
from server.errors import RequestError
from server.picture_cache import PictureCache


@dataclass(frozen=True, slots=True)
class DepthQuery:
    """A depth chart asked for: ``width`` and ``height`` in device pixels, ``scale`` the device
    pixel ratio, ``span`` percent of the price to each side of the middle, None chooses.
    """

    symbol: str
    width: int = 640
    height: int = 400
    scale: float = 1.0
    theme: str = "dark"
    span: float | None = None


@dataclass(frozen=True, slots=True)
class DepthPicture:
    """A WebP, and what it says at each price as JSON: {} without a level.

    See :class:`~chart_acceleration.depth_reading.DepthReading`; of its totals ``runs`` are told:
    [how many, total], with five digits that matter. ``decimals`` of prices, ``digits`` of totals.
    """

    webp: bytes
    reading: str


class DepthPictures:
    """Draws depth charts, once for equal books. Used from the event loop."""

    def __init__(self, reader: BookReader, drawing: Drawing) -> None:
        self._reader = reader
        self._drawing = drawing
        self._cache = PictureCache()

    async def picture(self, query: DepthQuery) -> DepthPicture:
        """Picture and reading; raises :class:`RequestError` and ``PictureUnavailable``.

        Without a book the axes alone are drawn; a book that is not known to be of now is grey.
        """
        depth = self._reader.depth(query.symbol)
        try:
            spec = DepthSpec(
                query.width, query.height, query.scale, query.theme, not depth.followed,
                depth.decimals, query.span,
            )  # fmt: skip
        except ChartError as error:
            raise RequestError(str(error)) from None
        key = (query.symbol, spec, depth.version)
        kept = self._cache.get(key)
        if kept is None:
            kept = await self._drawing.depth(depth.bids, depth.asks, spec)
            self._cache.put(key, kept)
        return DepthPicture(kept, _told(read_depth(depth.bids, depth.asks, spec), depth.decimals))


def _told(reading: DepthReading | None, decimals: int) -> str:
    if reading is None:
        return "{}"
    runs = [[len(list(same)), total] for total, same in groupby(map(_short, reading.totals))]
    facts = {name: getattr(reading, name) for name in ("right", "bottom", "low", "high", "middle")}
    digits = max(0, min(4, 4 - ceil(log10(reading.most))))
    told = {**facts, "most": reading.most, "decimals": decimals, "digits": digits, "runs": runs}
    return msgspec.json.encode(told).decode()


def _short(total: float) -> float:
    return float(f"{total:.5g}")
