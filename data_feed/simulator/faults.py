"""What goes wrong on the way from the simulated exchange to its clients: a value, and its text.

``drop=0.01,duplicate=0.02,stall@30:5``: each entry is ``KIND=PROBABILITY``, for every frame (of the
REST kinds: every request) by itself, or ``KIND@START:LENGTH``, every frame within a window of
seconds after the server's start, or ``KIND@START``, the first frame from then on. ``delay_s``,
``stall_s`` and ``slow_s`` set the longest length of a delay and the length of the other two.
"""

from dataclasses import dataclass, fields, replace
from math import isfinite

from data_feed.simulator.errors import BadFaults

LINE_KINDS = ("drop", "corrupt", "duplicate", "reorder", "delay", "stall", "disconnect")
"""``delay`` holds the line up, nothing is lost; ``stall`` silences it, what was to come is lost."""

REST_KINDS = ("rest_error", "rest_limit", "rest_corrupt", "rest_slow")
"""Status 500; status 429; an answer that breaks off; an answer that is late."""

_LENGTHS = ("delay_s", "stall_s", "slow_s")


@dataclass(frozen=True, slots=True)
class Window:
    """A scripted fault: ``kind`` strikes every frame from ``start_s`` for ``length_s`` seconds.

    A length of 0 strikes one frame, the first from ``start_s`` on.
    """

    kind: str
    start_s: float
    length_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Faults:
    """Probabilities by kind, lengths in seconds, and a script; by default nothing goes wrong."""

    drop: float = 0.0
    corrupt: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    delay: float = 0.0
    stall: float = 0.0
    disconnect: float = 0.0
    rest_error: float = 0.0
    rest_limit: float = 0.0
    rest_corrupt: float = 0.0
    rest_slow: float = 0.0
    delay_s: float = 0.5
    stall_s: float = 5.0
    slow_s: float = 2.0
    script: tuple[Window, ...] = ()

    def __str__(self) -> str:
        """The text that :func:`parse_faults` reads; empty when nothing goes wrong."""
        values = [(field.name, getattr(self, field.name)) for field in fields(self)[:-1]]
        changed = [f"{name}={value:g}" for name, value in values if value != _default(name)]
        return ",".join(changed + [_window_text(window) for window in self.script])


NO_FAULTS = Faults()


def parse_faults(text: str) -> Faults:
    """The faults that ``text`` describes; raises :class:`BadFaults` naming the wrong entry."""
    faults = NO_FAULTS
    for entry in filter(None, (part.strip() for part in text.split(","))):
        if "@" in entry:
            faults = replace(faults, script=(*faults.script, _window(entry)))
        else:
            name, value = _setting(entry)
            faults = replace(faults, **{name: value})  # type: ignore[arg-type] # a float's name
    return faults


def _setting(entry: str) -> tuple[str, float]:
    name, _, text = entry.partition("=")
    value = _number(text, entry)
    if name in _LENGTHS or (name in LINE_KINDS + REST_KINDS and value <= 1.0):
        return name, value
    raise BadFaults(entry)


def _window(entry: str) -> Window:
    kind, _, when = entry.partition("@")
    start, _, length = when.partition(":")
    if kind not in LINE_KINDS + REST_KINDS:
        raise BadFaults(entry)
    return Window(kind, _number(start, entry), _number(length, entry) if length else 0.0)


def _number(text: str, entry: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise BadFaults(entry) from None
    if not (isfinite(value) and value >= 0.0):
        raise BadFaults(entry)
    return value


def _window_text(window: Window) -> str:
    length = f":{window.length_s:g}" if window.length_s else ""
    return f"{window.kind}@{window.start_s:g}{length}"


def _default(name: str) -> float:
    value: float = getattr(NO_FAULTS, name)
    return value
