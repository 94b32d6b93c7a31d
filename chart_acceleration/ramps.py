"""Which palette index stands for which glyph coverage."""

import numpy as np

from chart_acceleration.palette import Role
from chart_acceleration.scene import U8

TEXT, UP, DOWN, ON_UP, ON_DOWN = range(5)

RAMPS: U8 = np.array(
    [
        (0, Role.TEXT_1, Role.TEXT_2, Role.TEXT),
        (0, Role.UP_SHADE, Role.UP, Role.UP),
        (0, Role.DOWN_SHADE, Role.DOWN, Role.DOWN),
        # text on a filled box: the box's own colour, its shade as the edge, the background;
        # a stronger edge would close the small gaps of 5 and 6
        (0, Role.UP, Role.UP_SHADE, Role.BACKGROUND),
        (0, Role.DOWN, Role.DOWN_SHADE, Role.BACKGROUND),
    ],
    dtype=np.uint8,
)
RAMPS.flags.writeable = False
