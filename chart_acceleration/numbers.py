"""How numbers are written on a chart: thousands comma, decimal point, true minus sign."""

from market.types import SECOND


def price_text(value: float, decimals: int) -> str:
    """``38533`` with one decimal is ``38,533.0``."""
    return f"{value:,.{decimals}f}".replace("-", "−")


def signed_text(value: float, decimals: int) -> str:
    """As :func:`price_text` with the sign always written; what rounds to zero has none."""
    text = f"{value:+,.{decimals}f}"
    if not any(digit in text for digit in "123456789"):
        return text[1:]
    return text.replace("-", "−")


def percent_text(value: float, decimals: int) -> str:
    """``1.5`` per cent with two decimals is ``+1.50 %``; what rounds to zero has no sign."""
    return f"{signed_text(value, decimals)} %"


def countdown_text(remaining_ns: int) -> str:
    """Nanoseconds until a candle closes: ``0:42``, ``12:42``, ``1:02:42``, from a day on ``3d 4h``.

    Begun seconds count, so that 0:00 is shown only once the time is over, and stays.
    """
    seconds = max(0, -(-remaining_ns // SECOND))
    minutes, hours = seconds // 60, seconds // 3600
    if hours >= 24:
        return f"{hours // 24}d {hours % 24}h"
    if hours > 0:
        return f"{hours}:{minutes % 60:02}:{seconds % 60:02}"
    return f"{minutes}:{seconds % 60:02}"


def volume_text(value: float) -> str:
    """Three to four digits that matter: ``2,977``, ``203``, ``21.1``, ``0.0312``; millions and
    billions by letter.
    """
    for limit, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M")):
        if value >= limit:
            return f"{value / limit:,.2f}{letter}"
    for limit, decimals in ((100.0, 0), (10.0, 1), (1.0, 2)):
        if value >= limit:
            return f"{value:,.{decimals}f}"
    return f"{value:.4f}" if value > 0.0 else "0"
