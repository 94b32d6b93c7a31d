"""One script and one style sheet: order, addresses, caching, what the sources stay free to do."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.bundle import Bundle, offer_bundles, scripts, sheets
from tests.conftest import ROOT
from tests.server.harness import run_server

ASSETS = ROOT / "assets"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sources whose order by name is not the order in which they were made."""
    for name, text in (
        ("20_second.js", '"use strict";\n{ window.second = window.first + 1; }\n'),
        ("10_first.js", '"use strict";\n{ window.first = 1; }\n'),
        ("theme.js", '"use strict";\n{ window.theme = 1; }\n'),
        ("b.css", ".b { color: red }\n"),
        ("a.css", ".a { color: red }\n"),
    ):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_sources_follow_each_other_by_name(folder: Path) -> None:
    text = scripts(folder).content.decode()
    assert text.startswith('"use strict";\n')
    assert text.index("first = 1") < text.index("window.second")
    assert "window.theme" not in text  # loaded in the head
    assert sheets(folder).content.decode() == (
        "/* a.css */\n.a { color: red }\n/* b.css */\n.b { color: red }\n"
    )


def test_address_is_that_of_the_content(folder: Path) -> None:
    before = scripts(folder), sheets(folder)
    assert re.fullmatch(r"/assets/scripts\.[0-9a-f]{16}\.js", before[0].path)
    assert re.fullmatch(r"/assets/sheets\.[0-9a-f]{16}\.css", before[1].path)
    assert (scripts(folder), sheets(folder)) == before
    (folder / "10_first.js").write_text('"use strict";\n{ window.first = 2; }\n')
    assert scripts(folder).path != before[0].path
    assert sheets(folder).path == before[1].path


@pytest.mark.parametrize("script", sorted(ASSETS.glob("*.js")), ids=lambda path: path.name)
def test_scripts_share_no_names_but_those_of_the_page(script: Path) -> None:
    """Each stands in a block of one file: what it declares outside of its own others would miss."""
    text = script.read_text()
    assert text.startswith('"use strict";\n')
    assert re.findall(r"^(?:const|let|var|class|function|async function) .*", text, re.M) == []


def test_what_sheets_refer_to_is_beside_them() -> None:
    """An address in a sheet is relative to it, and the bundle has the folder of its sources."""
    found = re.findall(r"url\(\"?(?!data:)([^)\"]+)", sheets(ASSETS).content.decode())
    assert found and [name for name in found if not (ASSETS / name).is_file()] == []


@pytest.fixture(scope="module")
def web() -> Iterator[httpx.Client]:
    with (
        run_server(mount=lambda app: offer_bundles(app, ASSETS)) as running,
        httpx.Client(base_url=running.url, timeout=60) as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("made", "media_type"),
    [(scripts(ASSETS), "text/javascript"), (sheets(ASSETS), "text/css")],
    ids=["scripts", "sheets"],
)
@pytest.mark.parametrize("coding", ["gzip, br", "identity"])
def test_browsers_get_them_once(
    web: httpx.Client, made: Bundle, media_type: str, coding: str
) -> None:
    answer = web.get(made.path, headers={"Accept-Encoding": coding})
    assert answer.status_code == 200
    assert answer.content == made.content  # httpx has unpacked it
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Accept-Encoding"
    packed = "gzip" in coding
    assert answer.headers.get("content-encoding") == ("gzip" if packed else None)
    assert int(answer.headers["content-length"]) == len(made.packed if packed else made.content)


def test_other_addresses_are_not_answered(web: httpx.Client) -> None:
    path = scripts(ASSETS).path.replace(".js", "0.js")
    assert web.get(path).status_code == 404
