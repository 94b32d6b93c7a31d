"""Options and ``CANDLECAST_*`` environment variables, checked before anything starts.

An option on the command line wins over the variable of the same name. What is secret is only read
from the environment, so that it never shows in a process list.
"""

import argparse
import ipaddress
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from data_feed.errors import BadRequest
from data_feed.venue_names import canonical, venue_keys
from market.types import Symbol
from server.errors import SettingsError

MAX_SYMBOLS = 50
MOST_WEBHOOKS = 10

_ALLOWED = {
    "feed": "auto, live, sim or replay:PATH with an existing file or folder",
    "store": "off or a folder",
    "record": "a folder",
    "strategies": "a folder",
    "dask": "the address of a scheduler, tcp://host:port",
    "venue": "coinbase, binance, kraken, bybit, okx, ccxt:NAME, or several like coinbase,kraken",
    "symbols": f"1 to {MAX_SYMBOLS} pairs separated by commas, like BTC-USD,kraken:ETH-USD",
    "host": "an address or a host name",
    "port": "0 to 65535 (0 takes a free one)",
    "renderer": "auto, cuda, opengl, cpu, plotly",
    "seed": "a whole number from 0 to 4294967295",
    "books": "on, off",
    "speed": "a number above 0 and up to 1000000",
    "log_level": "debug, info, warning, error",
    "insecure": "true, false",
    "warm_up": "true, false",
    "password": "1 to 1024 characters",
    "database_url": "postgresql://USER:PASSWORD@HOST:PORT/NAME or sqlite:///PATH",
    "webhooks": f"1 to {MOST_WEBHOOKS} addresses separated by commas, http://… or https://…",
    "webhook_secret": "16 to 1024 characters",
}

_SECRET = frozenset({"password", "database_url", "webhooks", "webhook_secret"})
"""Only read from the environment, and never shown."""


def state_folder() -> Path | None:
    """Where programs keep what should outlive them, by the custom of the system.

    None for a user without a home.
    """
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "candlecast"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "candlecast"
    return Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "candlecast"


class Settings(BaseSettings):
    """Everything the program can be told. Frozen; :func:`parse_settings` makes it.

    ``venue`` is one or several, see :mod:`data_feed.venue_names`, whose spelling ``symbols`` have.
    ``books``: whether order books are followed. ``symbols`` is empty when nobody named any: then
    the recording or the venue decides. ``store`` is None when candles are not to be stored,
    ``record`` when frames are not to be recorded. ``strategies``: the folder of the user's own,
    ``dask`` the scheduler that searches are sent to. ``database_url``: where paper accounts are
    kept instead of a file in ``store``. ``webhooks`` are addresses that are told what
    happens to paper accounts, signed with ``webhook_secret``.
    """

    model_config = SettingsConfigDict(env_prefix="CANDLECAST_", frozen=True, extra="forbid")

    feed: str = "auto"
    venue: str = "coinbase"
    symbols: Annotated[tuple[Symbol, ...], NoDecode] = ()
    host: str = Field(default="127.0.0.1", pattern=r"^[A-Za-z0-9._:-]+$")
    port: int = Field(default=8050, ge=0, le=65535)
    renderer: Literal["auto", "cuda", "opengl", "cpu", "plotly"] = "auto"
    password: SecretStr | None = Field(default=None, min_length=1, max_length=1024)
    insecure: bool = False
    seed: int = Field(default=7, ge=0, le=2**32 - 1)
    speed: float = Field(default=1.0, gt=0, le=1_000_000)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    warm_up: bool = False
    books: bool = True
    store: Path | None = Field(default_factory=state_folder)
    record: Path | None = None
    strategies: Path = Path("strategies")
    dask: str | None = Field(default=None, pattern=r"^tcp://[A-Za-z0-9._-]+:\d{1,5}$")
    database_url: SecretStr | None = None
    webhooks: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    webhook_secret: SecretStr | None = Field(default=None, min_length=16, max_length=1024)

    @field_validator("store", "record", "strategies", mode="before")
    @classmethod
    def _folder(cls, value: object, info: ValidationInfo) -> object:
        if (value is None and info.field_name != "strategies") or (
            value == "off" and info.field_name == "store"
        ):
            return None
        try:
            path = Path(str(value)).expanduser()
            usable = str(value).strip() and not path.is_file()
        except (OSError, RuntimeError):  # a name too long, a user unknown
            usable = False
        if not usable:
            raise ValueError(value)
        return path

    @field_validator("feed")
    @classmethod
    def _feed_exists(cls, value: str) -> str:
        kind, _, path = value.partition(":")
        if value in {"auto", "live", "sim"} or (kind == "replay" and path and Path(path).exists()):
            return value
        raise ValueError(value)

    @field_validator("database_url")
    @classmethod
    def _database_known(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or re.match(r"(postgres(ql)?|sqlite)://.", value.get_secret_value()):
            return value
        raise ValueError("another kind of database")

    @field_validator("symbols", mode="before")
    @classmethod
    def _split_symbols(cls, value: object) -> object:
        names = value.split(",") if isinstance(value, str) else value
        if not isinstance(names, Sequence):
            raise ValueError(value)
        unique = tuple(dict.fromkeys(canonical(str(name)) for name in names))
        if len(unique) > MAX_SYMBOLS or None in unique:
            raise ValueError(value)
        return unique

    @field_validator("venue")
    @classmethod
    def _venues_exist(cls, value: str) -> str:
        try:
            venue_keys(value)
        except BadRequest:
            raise ValueError(value) from None
        return value

    @field_validator("webhooks", mode="before")
    @classmethod
    def _split_webhooks(cls, value: object) -> object:
        urls = [url.strip() for url in value.split(",")] if isinstance(value, str) else value
        if not isinstance(urls, Sequence) or len(urls) > MOST_WEBHOOKS:
            raise ValueError("webhooks")
        for url in urls:
            parts = urlsplit(url)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise ValueError("webhooks")
        return urls

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach :attr:`host`."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether ``host`` is ``localhost`` or a loopback address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Parser(argparse.ArgumentParser):
    """Raises instead of printing the usage and leaving the process."""

    def error(self, message: str) -> NoReturn:
        raise SettingsError(f"{message}; app.py --help lists the options")


def _parser() -> _Parser:
    parser = _Parser(
        prog="app.py",
        description="Candlecast: live candlestick charts drawn on the server.",
        epilog="Every option is also a variable CANDLECAST_NAME; CANDLECAST_PASSWORD sets a login.",
        argument_default=argparse.SUPPRESS,
        allow_abbrev=False,
    )
    parser.add_argument("--feed", help="auto, live, sim or replay:PATH (default auto)")
    parser.add_argument(
        "--venue",
        help="coinbase, binance, kraken, bybit, okx or ccxt:NAME; several with commas "
        "(default coinbase)",
    )
    parser.add_argument("--symbols", help="comma list of pairs, like BTC-USD,kraken:ETH-USD")
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", help="port to listen on (default 8050)")
    parser.add_argument("--renderer", help="auto, cuda, opengl, cpu or plotly (default auto)")
    parser.add_argument("--seed", help="seed of the simulator (default 7)")
    parser.add_argument("--speed", help="speed of a replay (default 1)")
    parser.add_argument("--store", help="folder for candles of live venues, or off")
    parser.add_argument("--record", help="folder to record the frames of the feed in")
    parser.add_argument("--strategies", help="folder of your own strategies (default strategies)")
    parser.add_argument("--dask", help="Dask scheduler for searches, tcp://host:port")
    parser.add_argument("--books", help="follow order books: on or off (default on)")
    parser.add_argument("--log-level", help="debug, info, warning or error (default info)")
    parser.add_argument(
        "--insecure", action="store_true", help="listen on another address without a password"
    )
    parser.add_argument(
        "--warm-up", action="store_true", help="compile everything, write the caches and leave"
    )
    return parser


def parse_settings(argv: Sequence[str]) -> Settings:
    """Settings from ``argv`` (without the program's name) over the environment.

    Raises :class:`SettingsError` with one sentence; ``--help`` raises ``SystemExit(0)``.
    """
    options: dict[str, Any] = vars(_parser().parse_args(argv))
    try:
        settings = Settings(**options)
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None
    open_to_others = not settings.loopback and not settings.warm_up
    if open_to_others and settings.password is None and not settings.insecure:
        raise SettingsError(
            f"host was {settings.host}, which other machines can reach: set CANDLECAST_PASSWORD, "
            "or say --insecure to let everybody in"
        )
    return settings


def _sentence(error: ValidationError) -> str:
    """The first problem of ``error`` as one sentence; never shows what is secret."""
    first = error.errors(include_url=False)[0]
    name = str(first["loc"][0])
    option = f"CANDLECAST_{name.upper()}"
    if name not in _SECRET:
        option = f"--{name.replace('_', '-')} ({option})"
    received = "not usable" if name in _SECRET else repr(first["input"])
    return f"{option} was {received}; allowed: {_ALLOWED[name]}"
