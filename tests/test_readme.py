"""The README is a contract: its example runs, its links, targets and options exist."""

import re
from io import BytesIO

import pytest
from PIL import Image

from server.settings import Settings
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    """The fenced blocks of ``language``, in order."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_library_example_draws_a_picture() -> None:
    names: dict[str, object] = {}
    exec(compile(blocks("python")[0], "README.md", "exec"), names)  # our own text
    webp, pictures = names["webp"], names["pictures"]
    assert isinstance(webp, bytes)
    assert isinstance(pictures, list)
    assert len(pictures) == 16
    for file in (webp, *pictures):
        with Image.open(BytesIO(file)) as picture:
            assert (picture.format, picture.size) == ("WEBP", (1280, 720))
    assert set(pictures) == {webp} or names["chart"].renderer == "cuda"  # type: ignore[attr-defined]


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_links_lead_to_files(target: str) -> None:
    assert (ROOT / target).exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"\bmake ([a-z-]+)", README))))
def test_make_targets_exist(command: str) -> None:
    assert re.search(rf"^{command}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`CANDLECAST_([A-Z_]+)`", README))))
def test_variables_are_settings(name: str) -> None:
    assert name.lower() in Settings.model_fields


def test_the_table_names_every_setting() -> None:
    named = {name.lower() for name in re.findall(r"`CANDLECAST_([A-Z_]+)`", README)}
    assert named == set(Settings.model_fields)
