"""What pages and routes get from :class:`server.services.Services`: frozen plain values.

Times are nanoseconds since the Unix epoch, UTC. Prices are floats in quote currency.
``None`` means that there is no value (yet); pages show a dash for it.
"""

from dataclasses import dataclass

from paper_trading.views import NO_STATUS, PaperStatus


@dataclass(frozen=True, slots=True)
class ErrorView:
    """The body of every refusal over HTTP: one sentence."""

    error: str


@dataclass(frozen=True, slots=True)
class StatusView:
    """Feed pill and status bar.

    ``label`` is the pill's word: LIVE, SIMULATED, REPLAY, CONNECTING, SLOW, LOST or ENDED.
    ``repair`` is a sentence on what the last reconnect brought back, at ``repaired_ms`` of the wall
    clock; 0 before the first. ``recorded_ms``: the recorder's time that a replay has come to,
    ``pace``: 8×, MAX or PAUSED.
    """

    label: str
    mode: str
    venue: str
    detail: str
    age_ms: float | None
    retry_in_s: float | None
    renderer: str
    renderer_reasons: tuple[str, ...]
    tier: str
    draw_ms: float | None
    frames_per_s: float
    tick_to_ack_p95_ms: float | None
    gaps: int
    repair: str = ""
    repaired_ms: int = 0
    recorded_ms: int | None = None
    pace: str = ""
    paper: PaperStatus = NO_STATUS


@dataclass(frozen=True, slots=True)
class RecordingView:
    """Something that can be replayed: a ``recording`` or a stored ``day`` (``kind``).

    ``key`` is what to ask for; times are ms since 1970, ``bytes`` what it takes on the disk.
    ``symbols`` is empty where they are only found by reading it. ``problem`` says why it cannot be
    replayed, if so.
    """

    key: str
    name: str
    kind: str
    venue: str
    start_ms: int
    end_ms: int
    bytes: int
    symbols: tuple[str, ...]
    note: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ReplayView:
    """The replay that is shown. Times are ms since 1970 by the recorder's clock.

    ``speed`` is None for as fast as possible. ``seeking``: on the way to a place. ``ended``: there
    is nothing further.
    """

    name: str
    venue: str
    start_ms: int
    end_ms: int
    at_ms: int
    speed: float | None
    paused: bool
    seeking: bool
    ended: bool


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import of history. ``state``: running, done, cancelled or failed, with why in ``detail``.

    ``done`` of ``expected`` times that were missing are seen to; ``stored`` candles came of it.
    """

    id: int
    venue: str
    symbol: str
    interval: str
    state: str
    done: int
    expected: int
    stored: int
    detail: str


@dataclass(frozen=True, slots=True)
class LastView:
    """Last price of a symbol.

    ``change`` and ``change_pct`` (percent) compare with the price 24 hours before, or with the
    oldest candle held when less is loaded.
    """

    symbol: str
    price: float | None
    change: float | None
    change_pct: float | None
    decimals: int
    bid: float | None
    ask: float | None
    time_ns: int | None


@dataclass(frozen=True, slots=True)
class ElementsQuery:
    """What a chart shows beside candles, as an address or a tab says it.

    ``indicators`` and ``lines`` are texts as :mod:`server.studies` and :mod:`server.lines` read
    them. ``quote`` draws best bid and ask, ``countdown`` the time to the candle's close, ``trades``
    marks the fills of the paper account.
    """

    style: str = "candles"
    axis: str = "linear"
    zone: str = "UTC"
    volume: bool = True
    indicators: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    quote: bool = False
    countdown: bool = False
    trades: bool = False


@dataclass(frozen=True, slots=True)
class ChartQuery:
    """A chart asked for: size in device pixels, ``scale`` the device pixel ratio.

    ``end``: a time as :mod:`server.times` reads it; the last candle shown is the one it falls in.
    ``price_range``: prices at the plot's bottom and top, None fits them to the candles.
    """

    symbol: str
    interval: str = "1m"
    bars: int = 120
    width: int = 1280
    height: int = 720
    theme: str = "dark"
    scale: float = 1.0
    elements: ElementsQuery = ElementsQuery()
    end: str | None = None
    price_range: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A number that an indicator is set by, from ``low`` to ``high``, in steps of ``step``."""

    name: str
    label: str
    default: float
    low: float
    high: float
    step: float
    whole: bool


@dataclass(frozen=True, slots=True)
class OutputView:
    """One series of an indicator. ``style``: line, histogram, band, dots or cloud.

    ``ahead``: bars it is drawn to the right with the defaults, to the left if negative.
    """

    name: str
    label: str
    style: str
    ahead: int


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """An indicator; ``example`` is how a chart's address names it with its defaults.

    ``overlay``: over the candles, else in a pane with a fixed range (``low``, ``high``) and guide
    ``levels`` if any. ``warm_up``: bars before the first with all values, by default. ``rules``
    are sentences on parameters that depend on each other.
    """

    key: str
    title: str
    description: str
    family: str
    example: str
    parameters: tuple[ParameterView, ...]
    outputs: tuple[OutputView, ...]
    overlay: bool
    low: float | None
    high: float | None
    levels: tuple[float, ...]
    warm_up: int
    rules: tuple[str, ...]
    source: str
    note: str
