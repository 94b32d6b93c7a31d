"""How numbers are written."""

import pytest

from chart_acceleration.numbers import price_text, signed_text, volume_text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (38_533.0, 1, "38,533.0"),
        (-5.25, 2, "−5.25"),
        (1e9, 0, "1,000,000,000"),
        (1e-8, 8, "0.00000001"),
    ],
)
def test_prices(value: float, decimals: int, text: str) -> None:
    assert price_text(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(31.0, 1, "+31.0"), (-0.00031, 5, "−0.00031"), (0.0, 2, "0.00"), (-0.001, 2, "0.00")],
)
def test_changes_carry_their_sign(value: float, decimals: int, text: str) -> None:
    assert signed_text(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.0312, "0.0312"),
        (2.5, "2.50"),
        (21.1, "21.1"),
        (203.4, "203"),
        (2977.2, "2,977"),
        (6_350_000.0, "6.35M"),
        (1.2e9, "1.20B"),
        (3e12, "3.00T"),
    ],
)
def test_volumes(value: float, text: str) -> None:
    assert volume_text(value) == text
