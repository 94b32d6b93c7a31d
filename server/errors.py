"""Errors of the server package.

ServerError
├── SettingsError       an option or variable that cannot be used; the program does not start
├── RequestError        something asked for that cannot be given; HTTP 422, or a refusal on the page
│   ├── OutOfRange      a number outside its limits
│   └── NoData          nothing to draw or compute yet
├── PictureUnavailable  no renderer runs, so there are no pictures; HTTP 503
├── DrawFailed          one chart could not be drawn by a renderer that works; HTTP 500
└── ProtocolError       a message that breaks the frames protocol; that socket is closed
"""


class ServerError(ValueError):
    """Root of every error raised by ``server``."""


class SettingsError(ServerError):
    """An option or environment variable that cannot be used, in one sentence for a person."""


class RequestError(ServerError):
    """Something asked for that cannot be given, in one sentence for a person.

    Also raised as itself for what other packages refuse: unknown symbols, intervals and themes.
    """


class OutOfRange(RequestError):
    """A number outside its limits."""

    def __init__(self, name: str, value: object, low: float, high: float) -> None:
        self.name = name
        super().__init__(f"{name} was {value}; allowed are {low:,.10g} to {high:,.10g}")


class NoData(RequestError):
    """Nothing to draw or compute yet."""


class PictureUnavailable(ServerError):
    """No renderer runs, so there are no pictures."""


class DrawFailed(ServerError):
    """One chart could not be drawn by a renderer that works otherwise."""


class ProtocolError(ServerError):
    """A message on the frames socket that breaks the protocol."""
