"""Every element id of the interface in one place: Dash needs them unique across all pages."""

# Shell
MANTINE = "mantine"
LOCATION = "_pages_location"  # the name Dash Pages gives its own dcc.Location
THEME = "theme"
TIER = "tier"
THEME_TOGGLE = "theme-toggle"
CONTRAST_TOGGLE = "colour-blind-toggle"
SYMBOL = "symbol"
INTERVAL = "interval"
MARKET_LINKS = (
    *("nav-dashboard", "nav-backtest", "nav-paper"),
    *("phone-nav-dashboard", "phone-nav-backtest", "phone-nav-paper"),
)
QUOTE = "phone-quote"
QUOTE_PRICE = "phone-quote-price"
QUOTE_CHANGE = "phone-quote-change"
TOASTS = "toasts"
COPY_DIAGNOSIS = "copy-diagnosis"
DIAGNOSIS = "diagnosis"
RETRY_FEED = "retry-feed"
TRY_LIVE = "try-live"
LOAD_HISTORY = "load-history"

# Charts
CHART = "chart"
CHART_HOST = "chart-host"
PLOTLY_CHART = "plotly-chart"
PLOTLY_TICK = "plotly-tick"
STYLE_MENU = "chart-style-menu"
CHART_SETTINGS = "chart-settings"
LINK_MENU = "chart-link-menu"
PICTURE_MENU = "chart-picture-menu"
PICKER = "indicator-picker"
PICKER_ASKED = "indicator-picker-asked"
PICKER_ANSWER = "indicator-picker-answer"

# Data
IMPORT_VENUE = "import-venue"
IMPORT_SYMBOL = "import-symbol"
IMPORT_INTERVAL = "import-interval"
IMPORT_FROM = "import-from"
IMPORT_TO = "import-to"

# Paper trading
PAPER_TICK = "paper-tick"
PAPER_HEADER = "paper-header"
PAPER_ACCOUNTS = "paper-accounts"
PAPER_LIMIT = "paper-limit"
PAPER_STOP = "paper-stop"
PAPER_TRAIL = "paper-trail"
PAPER_SIZE = "paper-size"
PAPER_TARGET = "paper-target"
PAPER_LOSS = "paper-loss"
PAPER_POST = "paper-post"
PAPER_REDUCE = "paper-reduce"
PAPER_SEND = "paper-send"

# Performance
PERFORMANCE_TICK = "performance-tick"
PERFORMANCE_WINDOW = "performance-window"
PERFORMANCE_SINCE = "performance-since"
PERFORMANCE_RESET = "performance-reset"
PERFORMANCE_TIME = "performance-time"
PERFORMANCE_SUMMARY = "performance-summary"
PERFORMANCE_STAGES = "performance-stages"
PERFORMANCE_RENDERERS = "performance-renderers"
PERFORMANCE_RENDERER = "performance-renderer"
PERFORMANCE_LIFE = "performance-life"
PERFORMANCE_LIFE_CONTEXT = "performance-life-context"
PERFORMANCE_PAINT = "performance-paint"
PERFORMANCE_COURSE = "performance-course"
PERFORMANCE_COURSE_KEY = "performance-course-key"
PERFORMANCE_FEED = "performance-feed"
PERFORMANCE_VIEWERS = "performance-viewers"
PERFORMANCE_VIEWERS_CONTEXT = "performance-viewers-context"
PERFORMANCE_PAPER = "performance-paper"
PERFORMANCE_PROCESS = "performance-process"
PERFORMANCE_AT = "performance-at"

# Order book
BOOK_STEPS = "book-steps"

# Watchlist
WATCHLIST_TICK = "watchlist-tick"
WATCHLIST_QUOTE = "watchlist-quote"
WATCHLIST_ROWS = "watchlist-rows"  # what changed since WATCHLIST_MOMENT
WATCHLIST_MOMENT = "watchlist-moment"  # up to when the page has the rows
WATCHLIST_FILTER = "watchlist-filter"
WATCHLIST_GRID = "watchlist-grid"

# Backtesting: the form
BACKTEST_FORM = "backtest-form"
BACKTEST_STRATEGY = "backtest-strategy"
BACKTEST_STRATEGY_FORM = "backtest-strategy-form"
BACKTEST_STRATEGY_NOTE = "backtest-strategy-note"
BACKTEST_SYMBOL = "backtest-symbol"
BACKTEST_OTHERS = "backtest-others"
BACKTEST_INTERVAL = "backtest-interval"
BACKTEST_FROM = "backtest-from"
BACKTEST_TO = "backtest-to"
BACKTEST_COVERAGE = "backtest-coverage"
BACKTEST_UPLOADED = "backtest-uploaded"
BACKTEST_PARAMETERS = "backtest-parameters"
BACKTEST_SWEEP = "backtest-sweep"
BACKTEST_SWEEP_FIELDS = "backtest-sweep-fields"
BACKTEST_COMBINATIONS = "backtest-combinations"
BACKTEST_GOAL = "backtest-goal"
BACKTEST_METHOD = "backtest-method"
BACKTEST_TRIALS = "backtest-trials"
BACKTEST_WALK_FORWARD = "backtest-walk-forward"
BACKTEST_DIRECTION = "backtest-direction"
BACKTEST_FEE = "backtest-fee"
BACKTEST_SLIPPAGE = "backtest-slippage"
BACKTEST_CAPITAL = "backtest-capital"
BACKTEST_SIZE = "backtest-size"
BACKTEST_LEVERAGE = "backtest-leverage"
BACKTEST_STOP = "backtest-stop"
BACKTEST_TARGET = "backtest-target"
BACKTEST_FILL = "backtest-fill"
BACKTEST_PATH = "backtest-path"
BACKTEST_CHECKS = "backtest-checks"
BACKTEST_PROBLEMS = "backtest-problems"
BACKTEST_RUN = "backtest-run"
BACKTEST_RUN_WORDS = "backtest-run-words"
BACKTEST_RUN_SHARE = "backtest-run-share"
BACKTEST_CANCEL = "backtest-cancel"
BACKTEST_FOOT_WORDS = "backtest-foot-words"
BACKTEST_FOOT_LEFT = "backtest-foot-left"

# Backtesting: runs
BACKTEST_PAGE = "backtest-page"
BACKTEST_TICKET = "backtest-ticket"  # the run that goes on: its id and state
BACKTEST_SHOWN = "backtest-shown"  # the run whose result is shown
BACKTEST_TICK = "backtest-tick"
BACKTEST_ADDRESS = "backtest-address"
BACKTEST_CELL = "backtest-cell"
BACKTEST_PERIOD = "backtest-period"
BACKTEST_DAYS = "backtest-days"
BACKTEST_RISK_FREE = "backtest-risk-free"
BACKTEST_CONVENTION = "backtest-convention"
BACKTEST_FIRST = "backtest-first"

# Backtesting: the result
BACKTEST_MAIN = "backtest-main"
BACKTEST_STATE = "backtest-state"
BACKTEST_TITLE = "backtest-title"
BACKTEST_ACTS = "backtest-acts"
BACKTEST_REPORT = "backtest-report"
BACKTEST_CARDS = "backtest-cards"
BACKTEST_CHART = "backtest-chart"
BACKTEST_CHART_KEY = "backtest-chart-key"
BACKTEST_CHART_FACTS = "backtest-chart-facts"
BACKTEST_CHART_DONE = "backtest-chart-done"
BACKTEST_EQUITY = "backtest-equity"
BACKTEST_EQUITY_KEY = "backtest-equity-key"
BACKTEST_MONTHS = "backtest-months"
BACKTEST_RETURNS = "backtest-returns"
BACKTEST_MAP = "backtest-map"
BACKTEST_MAP_AXES = "backtest-map-axes"
BACKTEST_MAP_KEY = "backtest-map-key"
BACKTEST_TRADES = "backtest-trades"
BACKTEST_FILLS = "backtest-fills"
BACKTEST_DRAWDOWNS = "backtest-drawdowns"
BACKTEST_LOG = "backtest-log"
BACKTEST_TABS = "backtest-tabs"

# Backtesting: the history
BACKTEST_HISTORY = "backtest-history"
BACKTEST_HISTORY_OPEN = "backtest-history-open"
BACKTEST_PAST_OPEN = "backtest-past-open"
BACKTEST_HISTORY_ROWS = "backtest-history-rows"
BACKTEST_COMPARE = "backtest-compare"
BACKTEST_COMPARE_OPEN = "backtest-compare-open"
BACKTEST_COMPARISON = "backtest-comparison"
BACKTEST_COMPARISON_BODY = "backtest-comparison-body"


def parameter_field(part: str, name: str) -> dict[str, str]:
    """A field of a strategy's parameter; ``part`` is value, from, to, step or swept."""
    return {"type": "backtest-parameter", "part": part, "name": name}


def history_field(part: str, run: str) -> dict[str, str]:
    """Part of a line of the history; ``part`` is chosen or delete."""
    return {"type": "backtest-history", "part": part, "run": run}
