"""The switch that draws the golden pictures anew."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register ``--regenerate-goldens``."""
    parser.addoption(
        "--regenerate-goldens", action="store_true", help="draw tests/goldens/*.png anew"
    )
