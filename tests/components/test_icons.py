import re
from urllib.parse import unquote

import pytest

from components.icons import NAMES, icon
from tests.components.trees import attribute, properties
from tests.conftest import ROOT

ICONS = ROOT / "assets" / "icons"


@pytest.mark.parametrize("name", sorted(NAMES))
def test_icon_has_a_file_and_a_class(name: str) -> None:
    drawing = (ICONS / f"{name}.svg").read_text()
    assert 'viewBox="0 0 16 16"' in drawing and 'stroke-width="1.5"' in drawing
    sheet = (ROOT / "assets" / "icons.css").read_text()
    (written,) = re.findall(
        rf'^\.icon-{name} {{ mask-image: url\("data:([^"]+)"\); }}$', sheet, re.M
    )
    kind, _, text = written.partition(",")
    assert kind == "image/svg+xml"
    assert unquote(text) == drawing.strip().replace('"', "'")


def test_stylesheets_load_no_icon_from_the_server() -> None:
    for sheet in (ROOT / "assets").glob("*.css"):
        assert "url(icons/" not in sheet.read_text()


def test_every_file_is_named() -> None:
    assert {path.stem for path in ICONS.glob("*.svg")} == NAMES | {"favicon"}


def test_icons_say_nothing_to_screen_readers() -> None:
    assert attribute(icon("sun", "icon-18"), "aria-hidden") == "true"
    assert properties(icon("sun", "icon-18"))["className"] == "icon icon-sun icon-18"


def test_unknown_icon() -> None:
    with pytest.raises(KeyError):
        icon("unicorn")
