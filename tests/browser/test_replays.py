"""A recording is chosen on the data page, steered by mouse and keys, on a phone, and left again."""

import gzip
import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import PHONE, Problems, open_page
from tests.browser.program import SYMBOLS, Program
from tests.browser.stand import wait_until
from tests.data_feed.venue_server import match

pytestmark = pytest.mark.browser

START_S = 1_700_000_000
SECONDS = 600


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program over a store with one recording of ten minutes, and one that is torn."""
    root = tmp_path_factory.mktemp("store")
    folder = root / "recordings"
    folder.mkdir()
    lines = []
    for n in range(SECONDS):
        minute, second = divmod(n + 20, 60)
        time = f"2023-11-14T22:{13 + minute:02}:{second:02}Z"
        changed = {"time": time, "price": str(100 + n % 7)}
        lines.append(f"{(START_S + n) * 10**9} {json.dumps(json.loads(match(n)) | changed)}\n")
    with gzip.open(folder / "tape.txt.gz", "wt") as file:
        file.writelines(lines)
    with gzip.open(folder / "other.txt.gz", "wt") as file:
        file.writelines(line.replace("BTC-USD", "LTC-USD") for line in lines)
    (folder / "torn.jsonl").write_text('{"t":"header"}\n{"t":"recv","ts":1,"da')
    program = Program(root / "log", "--store", str(root))
    program.start()
    yield program
    program.stop()


def words(page: Page, name: str) -> str:
    return page.locator(f'[data-replay="{name}"]').inner_text()


def choose(page: Page, program: Program) -> None:
    page.goto(f"{program.url}/data")
    page.get_by_role("button", name="Replay tape.txt.gz").click()
    page.wait_for_url(f"{program.url}/?*")
    page.locator(".replay-place input").wait_for()


def minutes(page: Page, program: Program) -> int:
    """How many candles of a minute there are."""
    answer = page.request.get(f"{program.url}/api/candles?symbol=BTC-USD&interval=1m")
    return len(answer.json()["candles"])


def pause(page: Page) -> None:
    page.get_by_role("button", name="Pause the replay").click()
    wait_until(lambda: words(page, "pace") == "paused", "it stands still")


def test_a_recording_is_chosen_steered_and_left(stored: Program, page: Page) -> None:
    page.goto(f"{stored.url}/data")
    torn = page.get_by_role("button", name="Replay torn.jsonl")
    assert torn.is_disabled()
    page.get_by_text("line 2 is no recorded frame").wait_for()
    choose(page, stored)
    wait_until(lambda: words(page, "pace") == "1×", "the recorded pace")
    assert words(page, "end") == "22:23:19"
    page.get_by_role("button", name="8×").click()
    wait_until(lambda: words(page, "pace") == "8×", "the other pace")
    pause(page)
    place = page.locator(".replay-place input")
    place.focus()
    place.press("End")
    wait_until(lambda: words(page, "at") >= "22:23:18", "the end")
    place.press("Home")
    wait_until(lambda: words(page, "at") == "22:13:20", "the start")
    wait_until(lambda: minutes(page, stored) == 0, "the market before the first trade")
    page.get_by_role("button", name="One step").click()
    wait_until(lambda: minutes(page, stored) == 1, "the first candle")
    page.get_by_role("button", name="One step").press("Enter")
    wait_until(lambda: minutes(page, stored) == 2, "a candle further")
    wait_until(lambda: words(page, "at") == "22:14:00", "its time")
    page.locator('[data-status="label"]', has_text="REPLAY").wait_for()
    page.get_by_role("button", name="Leave the replay").click()
    page.locator('[data-status="label"]', has_text="SIMULATED").wait_for()
    assert page.locator(".strip-replay").is_hidden()


def test_a_replay_is_steered_on_a_phone(
    stored: Program, browser: Browser, problems: Problems
) -> None:
    with open_page(browser, problems, PHONE) as page:
        choose(page, stored)
        pause(page)
        for button in page.locator(".strip-replay .icon-button:visible").all():
            box = button.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 40
        box = page.locator(".replay-place input").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        wait_until(lambda: "22:17:00" < words(page, "at") < "22:20:00", "the middle")
        page.get_by_role("button", name="Leave the replay").click()
        page.locator(".strip-simulated").wait_for()


def test_other_symbols_come_to_an_open_dashboard_without_a_word(
    stored: Program, page: Page
) -> None:
    before = {"replay": None, "symbols": SYMBOLS.split(",")}  # else the page would be another
    page.route("**/api/replay", lambda route: route.fulfill(json=before))
    page.goto(stored.url)
    page.locator('.watch-grid .ag-row[row-id="BTC-USD"]').wait_for()
    listed = page.request.get(f"{stored.url}/api/recordings").json()
    key = next(each["key"] for each in listed if "other" in each["name"])
    order = {"recording": key, "speed": 1, "paused": False}
    headers = {"Origin": stored.url}
    assert page.request.post(f"{stored.url}/api/replay", data=order, headers=headers).ok
    page.locator('.watch-grid .ag-row[row-id="LTC-USD"]').wait_for()
    page.locator('[data-status="label"]', has_text="REPLAY").wait_for()
    shown = re.compile(r"14 Nov 22:\d\d")
    source = page.locator('.top-bar [data-status="source"]')
    wait_until(lambda: bool(shown.fullmatch(source.inner_text())), "the recorded time is told")
    pace = page.locator('.top-bar [data-status="pace"]')
    for order, told in (
        ({"speed": 1}, "1×"),
        ({"speed": "max", "paused": True}, "PAUSED"),
        ({"paused": False, "speed": 8}, "8×"),
    ):
        assert page.request.post(f"{stored.url}/api/replay", data=order, headers=headers).ok
        wait_until(lambda told=told: pace.inner_text() == told, told)  # type: ignore[misc]
    assert page.request.delete(f"{stored.url}/api/replay", headers=headers).ok
