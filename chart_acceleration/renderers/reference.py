"""The slow, obvious renderer: the truth that the others are compared with."""

from chart_acceleration.scene import U8, Rect, Scene


class ReferenceRenderer:
    """Paints pixel by pixel. For tests."""

    name = "reference"

    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        """See :class:`chart_acceleration.renderers.protocol.Renderer`."""
        whole = Rect(0, 0, scene.width, scene.height)
        area = whole if clip is None else _common(whole, clip)
        pixels[area.y0 : area.y1, area.x0 : area.x1] = 0
        for x0, y0, x1, y1, colour in scene.rects.tolist():
            part = _common(area, Rect(x0, y0, x1, y1))
            pixels[part.y0 : part.y1, part.x0 : part.x1] = colour
        for x, y, glyph, ramp in scene.glyphs.tolist():
            self._glyph(scene, pixels, area, (x, y, glyph, ramp))

    @staticmethod
    def _glyph(scene: Scene, pixels: U8, area: Rect, place: tuple[int, int, int, int]) -> None:
        x, y, glyph, ramp = place
        start, width, height = scene.atlas.boxes[glyph].tolist()
        for row in range(height):
            for column in range(width):
                coverage = scene.atlas.coverage[start + row * width + column]
                inside = area.x0 <= x + column < area.x1 and area.y0 <= y + row < area.y1
                if coverage > 0 and inside:
                    pixels[y + row, x + column] = scene.ramps[ramp, coverage]


def _common(first: Rect, second: Rect) -> Rect:
    """The rectangle inside both; width and height 0 where there is none."""
    x0, y0 = max(first.x0, second.x0), max(first.y0, second.y0)
    return Rect(x0, y0, max(x0, min(first.x1, second.x1)), max(y0, min(first.y1, second.y1)))
