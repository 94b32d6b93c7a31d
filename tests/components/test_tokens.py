"""The stylesheets: colours in tokens.css only, complete in every theme, the same as in charts."""

import re

import pytest

from chart_acceleration.palette import THEMES, Role
from tests.conftest import ROOT

ASSETS = ROOT / "assets"
SHEETS = sorted(ASSETS.glob("*.css"))
IN_CHARTS = {
    "panel": Role.BACKGROUND,
    "grid": Role.GRID,
    "axis": Role.AXIS,
    "axis-text": Role.TEXT,
    "up": Role.UP,
    "down": Role.DOWN,
    "down-shade": Role.DOWN_SHADE,
    "line-a": Role.LINE_A,
    "line-b": Role.LINE_B,
    "line-c": Role.LINE_C,
    "line-d": Role.LINE_D,
    "line-e": Role.LINE_E,
}


def variables(theme: str) -> dict[str, str]:
    """The values that ``theme`` gets, later rules over earlier ones as the browser does it."""
    found: dict[str, str] = {}
    text = re.sub(r"/\*.*?\*/", "", (ASSETS / "tokens.css").read_text(), flags=re.S)
    for selector, body in re.findall(r"\[data-theme([^\]]*)\] \{([^}]*)\}", text):
        operator, value = re.match(r'([\^$]?=)?"?([\w-]*)"?', selector).groups()  # type: ignore[union-attr]
        tests = {
            None: True,
            "^=": theme.startswith(value),
            "$=": theme.endswith(value),
            "=": theme == value,
        }
        if tests[operator]:
            found.update(re.findall(r"--([\w-]+): ([^;]+);", body))
    return found


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_colours_are_stated_in_tokens_only(sheet: object) -> None:
    text = re.sub(r"/\*.*?\*/", "", ASSETS.joinpath(str(sheet)).read_text(), flags=re.S)
    colours = re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", text)
    assert (colours == []) is (ASSETS.joinpath(str(sheet)).name != "tokens.css")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_variable_used_exists(sheet: object) -> None:
    text = ASSETS.joinpath(str(sheet)).read_text()
    own = set(re.findall(r"(--[\w-]+):", text))
    known = {f"--{name}" for name in variables("dark")} | own
    assert set(re.findall(r"var\((--[\w-]+)", text)) - known <= {
        "--dots",
        "--strip-tone",
        "--watched",
        "--done",
        "--mix",
    }


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_has_every_token(theme: str) -> None:
    assert set(variables(theme)) >= set(variables("dark"))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", IN_CHARTS)
def test_charts_and_pages_have_the_same_colours(theme: str, name: str) -> None:
    colour = "#" + bytes(THEMES[theme].wide[IN_CHARTS[name]]).hex()
    assert variables(theme)[name].lower() == colour


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two hex colours, WCAG 2.2, 1 to 21."""
    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of a hex colour, WCAG 2.2."""
    shares = [value / 255 for value in bytes.fromhex(colour.lstrip("#"))]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return sum(w * s for w, s in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "name", ["text1", "text2", "text3", "accent", "up", "down", "warn", "axis-text", "line-b"]
)
def test_text_can_be_read(theme: str, name: str) -> None:
    tokens = variables(theme)
    assert contrast(tokens[name], tokens["panel"]) >= 4.5
