"""The backtesting page of the real program: runs, chart, history, files, phone."""

import math
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Position, expect

from tests.browser.chromium import PHONE, Problems, open_page
from tests.browser.program import Program
from tests.browser.stand import wait_until

pytestmark = pytest.mark.browser
LONG_MS = 120_000  # the first run of a machine compiles its kernels
DAYS = 600
CHART = "candlecast.runChart.current()"


@pytest.fixture(scope="module")
def waves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Days of a price that swings: averages cross often."""
    file = tmp_path_factory.mktemp("files") / "waves.csv"
    lines = ["time,open,high,low,close,volume"]
    for day in range(DAYS):
        low, high = (100 + 20 * math.sin(at / 15) + at / 10 for at in (day, day + 1))
        edges = (max(low, high) + 1, min(low, high) - 1)
        start = f"{2015 + day // 365}-{1 + day % 365 // 31:02d}-{1 + day % 365 % 31:02d}"
        if 1 + day % 365 % 31 <= 28:
            lines.append(f"{start},{low:.2f},{edges[0]:.2f},{edges[1]:.2f},{high:.2f},5")
    file.write_text("\n".join(lines))
    return file


def opened(page: Page, program: Program, query: str = "") -> None:
    """The page once its form has been checked."""
    page.goto(f"{program.url}/backtesting{query}")
    expect(page.locator("#backtest-run")).to_be_enabled()


def upload(page: Page, file: Path) -> None:
    """Choose a file as a hand does, and wait until it is the symbol."""
    with page.expect_file_chooser() as chooser:
        page.locator(".upload").click()
    chooser.value.set_files(file)
    expect(page.locator("#backtest-symbol")).to_have_value(file.name)


def run(page: Page) -> str:
    """Run what the form says; the address's id of the run once its result is drawn."""
    before = page.url
    page.locator("#backtest-run").click()
    page.wait_for_function("before => location.href !== before", arg=before, timeout=LONG_MS)
    expect(page.locator(".backtest-main.has-result")).to_be_visible(timeout=LONG_MS)
    drawn(page)
    return page.url.partition("run=")[2]


def drawn(page: Page) -> None:
    """Wait until chart, equity and trades of the run in the address are there."""
    page.wait_for_function(
        f"() => {CHART}?.shown && location.search === '?run=' + {CHART}.facts.run",
        timeout=LONG_MS,
    )
    page.wait_for_selector("#backtest-equity .scatterlayer .traceequity .js-line")
    page.wait_for_selector("#backtest-trades .ag-row")


def test_click_runs_and_draws_everything(program: Program, page: Page, waves: Path) -> None:
    opened(page, program)
    upload(page, waves)
    page.get_by_label("Fast length", exact=True).fill("5")
    run(page)
    assert "5 / 50" in page.locator(".report-title").inner_text()
    assert page.locator(".metric-card").count() == 12
    assert page.locator(".month").count() > 12
    picture = page.locator(".run-picture")
    wait_until(lambda: bool(picture.evaluate("e => e.naturalWidth")), "the chart is drawn")
    size = page.locator("#backtest-chart").bounding_box()
    assert size is not None
    assert picture.evaluate("e => e.naturalWidth") == round(size["width"])
    edges = page.evaluate(
        f"""() => {{
            const box = document.querySelector("#backtest-chart").getBoundingClientRect();
            const [x, , width] = {CHART}.shown.plot;
            const plot = document.querySelector("#backtest-equity .nsewdrag");
            return [box.left + x + width, plot.getBoundingClientRect().right];
        }}"""
    )
    assert abs(edges[0] - edges[1]) <= 1  # one time axis for both


def test_row_moves_the_chart_and_marks_its_trade(program: Program, page: Page, waves: Path) -> None:
    opened(page, program)
    upload(page, waves)
    run(page)
    assert page.evaluate(f"[{CHART}.first, {CHART}.last === {CHART}.facts.bars]") == [0, True]
    page.locator("#backtest-trades .ag-row[row-index='1']").click()
    mark = page.locator(".run-marked")
    expect(mark).to_be_visible()
    page.wait_for_function(f"() => {CHART}.shown.last - {CHART}.shown.first < {CHART}.facts.bars")
    number = page.locator("#backtest-trades .ag-row[row-index='1'] [col-id='number']").inner_text()
    assert mark.get_attribute("data-trade") == number
    inside = page.evaluate(
        f"() => {CHART}.first <= {CHART}.trade.first && {CHART}.trade.last < {CHART}.last"
    )
    assert inside
    page.locator("[data-run-chart='all']").click()
    page.wait_for_function(f"() => {CHART}.shown.first === 0")


def test_wheel_and_keys_show_other_candles(program: Program, page: Page, waves: Path) -> None:
    opened(page, program)
    upload(page, waves)
    run(page)
    page.locator("#backtest-chart").hover()
    page.mouse.wheel(0, -600)
    page.wait_for_function(f"() => {CHART}.shown.last - {CHART}.shown.first < {CHART}.facts.bars")
    before = page.evaluate(f"{CHART}.first")
    page.locator("#backtest-chart").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"before => {CHART}.shown.first < before", arg=before)
    page.locator("[data-run-chart='log']").click()
    expect(page.locator("[data-run-chart='log']")).to_have_attribute("aria-pressed", "true")
    plot = "document.querySelector('#backtest-equity .js-plotly-plot')"
    page.wait_for_function(f"() => {plot}.layout.yaxis.type === 'log'")


def test_reload_shows_the_run_and_its_form(program: Program, page: Page, waves: Path) -> None:
    opened(page, program)
    upload(page, waves)
    page.locator("#backtest-fee").fill("0.25")
    key = run(page)
    title = page.locator(".report-title").inner_text()
    page.reload()
    drawn(page)
    assert page.url.endswith(f"?run={key}")
    assert page.locator(".report-title h2").inner_text() in title
    expect(page.locator("#backtest-fee")).to_have_value("0.25")
    expect(page.locator("#backtest-symbol")).to_have_value("waves.csv")


def test_history_opens_compares_and_deletes(program: Program, page: Page, waves: Path) -> None:
    opened(page, program)
    upload(page, waves)
    page.locator("#backtest-slippage").fill(
        "40"
    )  # as no other test: what is known is not kept twice
    first = run(page)
    page.locator("#backtest-slippage").fill("50")
    second = run(page)
    page.locator("#backtest-history-open").click()
    lines = page.locator(".history-line")
    line = ".history-line:has(a[href$='{}'])"
    newest, oldest = (page.locator(line.format(key)) for key in (second, first))
    expect(newest).to_be_visible()
    expect(oldest).to_be_visible()
    count = lines.count()
    newest.locator("input").check()
    oldest.locator("input").check()
    compare = page.locator("#backtest-compare")
    expect(compare).to_have_text("Compare 2")
    compare.click()
    page.wait_for_selector(".growth-graph .scatterlayer .tracerun1 .js-line")
    expect(page.locator(".dialog-body").get_by_text("Sharpe ratio")).to_be_visible()
    page.locator(".dialog-head button").click()
    expect(page.locator(".dialog-body")).not_to_be_visible()
    newest.hover()
    newest.locator("button").click()
    expect(lines).to_have_count(count - 1)
    oldest.locator("a").click()
    page.wait_for_function("key => location.search.includes(key)", arg=first)
    assert second != first


def test_file_that_is_no_table_is_refused_with_its_line(
    program: Program, page: Page, problems: Problems, tmp_path: Path
) -> None:
    problems.allow(r"status of 4\d\d .*/api/datasets")
    opened(page, program)
    bad = tmp_path / "bad.csv"
    bad.write_text("time,open,high,low,close,volume\n2015-01-01,1,2,1,x,5\n")
    with page.expect_file_chooser() as chooser:
        page.locator(".upload").click()
    chooser.value.set_files(bad)
    problem = page.locator(".upload-problem")
    expect(problem).to_contain_text("bad.csv was not taken.")
    expect(problem).to_contain_text("line 2")
    expect(page.locator("#backtest-symbol")).to_have_value("BTC-USD")


def test_values_that_cannot_run_are_told_and_move_nothing(program: Program, page: Page) -> None:
    opened(page, program)
    places = ("#backtest-symbol", "#backtest-capital", "#backtest-run")
    before = [page.locator(place).bounding_box() for place in places]
    page.locator("#backtest-fee").fill("9")
    page.locator("#backtest-from").fill("2012-13-01")
    page.get_by_text("2 values need a change").wait_for()
    page.get_by_text("Must be 0 to 5.").wait_for()
    assert page.locator("#backtest-run").is_disabled()
    assert [page.locator(place).bounding_box() for place in places] == before


def test_keys_run(program: Program, page: Page, waves: Path) -> None:
    opened(page, program)
    upload(page, waves)
    page.locator("#backtest-fee").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".backtest-main.has-result")).to_be_visible(timeout=LONG_MS)
    drawn(page)


def test_report_opens_as_one_page(program: Program, page: Page, waves: Path) -> None:
    opened(page, program)
    upload(page, waves)
    run(page)
    report = page.locator(".report-files a", has_text="Report")
    with page.expect_popup() as tab:
        report.click()
    shown = tab.value
    expect(shown.locator("body")).to_contain_text("Sharpe ratio")
    assert shown.locator("script[src], link").count() == 0
    loaded = shown.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
    assert [name for name in loaded if not name.endswith("/favicon.ico")] == []  # a tab's own wish
    shown.close()


def sweep(page: Page, fast: tuple[str, str, str], slow: tuple[str, str, str]) -> None:
    """Switch the sweep on and write from, to and step of both lengths."""
    page.locator(".switch").click()
    for name, bounds in (("Fast length", fast), ("Slow length", slow)):
        for part, value in zip(("from", "to", "step"), bounds, strict=True):
            page.get_by_label(f"{name}, {part}", exact=True).fill(value)


def test_click_in_the_map_runs_its_values(program: Program, page: Page, waves: Path) -> None:
    opened(page, program)
    upload(page, waves)
    sweep(page, ("5", "25", "5"), ("20", "60", "10"))
    expect(page.locator("#backtest-combinations")).to_have_text("23 of 25")
    searched = run(page)
    page.wait_for_selector(".report.has-map #backtest-map .heatmaplayer image")
    expect(page.locator("#backtest-map-key")).to_contain_text("fast → slow")
    box = page.locator("#backtest-map .nsewdrag").bounding_box()
    assert box is not None
    place = Position(x=box["width"] * 0.1, y=box["height"] * 0.9)  # fast 5, slow 60
    page.locator("#backtest-map .nsewdrag").hover(position=place)
    page.wait_for_selector("#backtest-map .hoverlayer .hovertext")
    page.locator("#backtest-map .nsewdrag").click(position=place)
    page.wait_for_function("run => !location.search.includes(run)", arg=searched, timeout=LONG_MS)
    drawn(page)
    expect(page.locator(".report-title h2")).to_contain_text("5 / 60")
    expect(page.get_by_label("Fast length", exact=True)).to_have_value("5")


def test_long_sweep_shows_how_far_it_is_and_is_cancelled(
    program: Program, page: Page, waves: Path
) -> None:
    opened(page, program)
    upload(page, waves)
    sweep(page, ("2", "200", "1"), ("3", "500", "1"))
    page.locator("#backtest-run").click()
    cancel = page.locator("#backtest-cancel")
    expect(cancel).to_be_visible(timeout=LONG_MS)
    expect(page.locator("#backtest-run-share")).to_contain_text("%", timeout=LONG_MS)
    assert "is-running" in str(page.locator("#backtest-run").get_attribute("class"))
    page.keyboard.press("Escape")
    expect(page.locator("#backtest-foot-words")).to_contain_text("Cancelled", timeout=LONG_MS)
    expect(cancel).not_to_be_visible()
    expect(page.locator("#backtest-run")).to_be_enabled()


def test_phone_turns_from_setup_to_result(
    program: Program, browser: Browser, problems: Problems, waves: Path
) -> None:
    with open_page(browser, problems, PHONE) as page:
        opened(page, program)
        assert not page.locator(".backtest-main").is_visible()
        upload(page, waves)
        run(page)
        expect(page.locator(".backtest-main")).to_be_visible()
        assert not page.locator(".backtest-form").is_visible()
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"]
        page.locator(".view-tab", has_text="Setup").click()
        expect(page.locator(".backtest-form")).to_be_visible()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_figures_have_the_colours_of_the_theme(
    program: Program, page: Page, waves: Path, theme: str
) -> None:
    page.add_init_script(f"localStorage.setItem('candlecast.theme', '{theme}')")
    opened(page, program)
    upload(page, waves)
    run(page)
    same = page.evaluate(
        """() => {
            const probe = document.createElement("i");
            probe.style.color = "var(--line-a)";
            document.body.append(probe);
            const line = document.querySelector("#backtest-equity .traceequity .js-line");
            return getComputedStyle(line).stroke === getComputedStyle(probe).color;
        }"""
    )
    assert same
