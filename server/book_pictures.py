"""Depth charts by URL: a book's two sides as one lossless WebP picture."""

from dataclasses import dataclass

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


class DepthPictures:
    """Draws depth charts, once for equal books. Used from the event loop."""

    def __init__(self, reader: BookReader, drawing: Drawing) -> None:
        self._reader = reader
        self._drawing = drawing
        self._cache = PictureCache()

    async def picture(self, query: DepthQuery) -> bytes:
        """A WebP; raises :class:`RequestError` and ``PictureUnavailable``.

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
        return kept
