"""Which palette index stands for which glyph coverage."""

import numpy as np

from chart_acceleration.elements import LINE_ROLES
from chart_acceleration.palette import Role, half_shade
from chart_acceleration.scene import U8

TEXT, UP, DOWN, ON_UP, ON_DOWN = range(5)

_LINES = tuple(role for role in LINE_ROLES if role >= Role.LINE_A)

RAMPS: U8 = np.array(
    [
        (0, Role.TEXT_1, Role.TEXT_2, Role.TEXT),
        (0, Role.UP_SHADE, Role.UP, Role.UP),
        (0, Role.DOWN_SHADE, Role.DOWN, Role.DOWN),
        # text on a filled box: the box's own colour, its shade as the edge, the background;
        # a stronger edge would close the small gaps of 5 and 6
        (0, Role.UP, Role.UP_SHADE, Role.BACKGROUND),
        (0, Role.DOWN, Role.DOWN_SHADE, Role.BACKGROUND),
        (0, Role.TEXT, Role.TEXT_2, Role.BACKGROUND),
        *((0, half_shade(role), role, role) for role in _LINES),
        *((0, role, half_shade(role), Role.BACKGROUND) for role in _LINES),
    ],
    dtype=np.uint8,
)
RAMPS.flags.writeable = False

IN_COLOUR = {Role.TEXT: TEXT, Role.UP: UP, Role.DOWN: DOWN} | {
    role: 6 + number for number, role in enumerate(_LINES)
}
"""The ramp of text in each colour of a curve."""
ON_COLOUR = {Role.TEXT: 5, Role.UP: ON_UP, Role.DOWN: ON_DOWN} | {
    role: 6 + len(_LINES) + number for number, role in enumerate(_LINES)
}
"""The ramp of text on a box of that colour."""
