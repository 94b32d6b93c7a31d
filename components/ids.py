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

# Backtesting
BACKTEST_SYMBOL = "backtest-symbol"
BACKTEST_INTERVAL = "backtest-interval"
BACKTEST_FAST = "backtest-fast"
BACKTEST_SLOW = "backtest-slow"
BACKTEST_FEE = "backtest-fee"
BACKTEST_SLIPPAGE = "backtest-slippage"
BACKTEST_CAPITAL = "backtest-capital"
BACKTEST_RUN = "backtest-run"
BACKTEST_EMPTY = "backtest-empty"
BACKTEST_FIRST = "backtest-first"
BACKTEST_PROBLEMS = "backtest-problems"
BACKTEST_RESULT = "backtest-result"
BACKTEST_EQUITY = "backtest-equity"
BACKTEST_TRADES = "backtest-trades"

# Data
IMPORT_VENUE = "import-venue"
IMPORT_SYMBOL = "import-symbol"
IMPORT_INTERVAL = "import-interval"
IMPORT_FROM = "import-from"
IMPORT_TO = "import-to"

# Paper trading
PAPER_TICK = "paper-tick"
PAPER_ACCOUNT = "paper-account"
PAPER_QUOTE = "paper-quote"
PAPER_SIZE = "paper-size"
PAPER_SIZE_UNIT = "paper-size-unit"
PAPER_BUY = "paper-buy"
PAPER_SELL = "paper-sell"
PAPER_ESTIMATE = "paper-estimate"
PAPER_MESSAGE = "paper-message"
PAPER_POSITIONS = "paper-positions"
PAPER_FILLS = "paper-fills"
PAPER_ORDER = "paper-order"
PAPER_HEADER = "paper-header"

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
