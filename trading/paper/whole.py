"""Whole steps of a size or a price, with the rounding of a few operations on floats."""

__all__ = ["is_whole", "times"]

_TOLERANCE = 1e-6
_ROUNDING = 1e-15


def is_whole(value: float, step: float) -> bool:
    """Whether ``value``, either sign, is one step or several."""
    steps = value / step
    return round(steps) != 0 and abs(steps - round(steps)) <= _TOLERANCE + _ROUNDING * abs(steps)


def times(count: int, step: float) -> float:
    """``count`` steps, as the decimal that they are."""
    return float(f"{count * step:.12g}")
