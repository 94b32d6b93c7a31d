from pathlib import Path

import pytest

from data_feed.open_feed import VENUES
from server.errors import SettingsError
from server.settings import is_loopback, parse_settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("CANDLECAST_"):
            monkeypatch.delenv(name)


def test_defaults() -> None:
    settings = parse_settings([])
    assert settings.feed == "auto"
    assert settings.venue == "coinbase"
    assert settings.symbols == ()
    assert (settings.host, settings.port) == ("127.0.0.1", 8050)
    assert settings.renderer == "auto"
    assert settings.password is None
    assert (settings.insecure, settings.warm_up) == (False, False)
    assert (settings.seed, settings.speed) == (7, 1.0)


def test_books_are_followed_unless_switched_off() -> None:
    assert parse_settings([]).books
    assert parse_settings(["--books", "on"]).books
    assert not parse_settings(["--books", "off"]).books
    with pytest.raises(SettingsError, match=r"--books .* was 'maybe'; allowed: on, off"):
        parse_settings(["--books", "maybe"])


def test_searches_go_to_a_cluster_that_is_named() -> None:
    assert parse_settings([]).dask is None
    assert parse_settings(["--dask", "tcp://node-1.local:8786"]).dask == "tcp://node-1.local:8786"


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "FEED": "sim",
        "VENUE": "binance",
        "SYMBOLS": " btc-usdt, ETH-USDT ,BTC-USDT",
        "PORT": "8123",
        "RENDERER": "cpu",
        "PASSWORD": "hush",
        "INSECURE": "1",
        "SEED": "99",
        "SPEED": "2.5",
        "LOG_LEVEL": "debug",
    }.items():
        monkeypatch.setenv(f"CANDLECAST_{name}", value)
    settings = parse_settings([])
    assert settings.feed == "sim"
    assert settings.venue == "binance"
    assert settings.symbols == ("BTC-USDT", "ETH-USDT")
    assert settings.port == 8123
    assert settings.renderer == "cpu"
    assert settings.password is not None
    assert settings.password.get_secret_value() == "hush"
    assert settings.insecure
    assert (settings.seed, settings.speed) == (99, 2.5)
    assert "hush" not in repr(settings)


def test_options_win_over_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDLECAST_PORT", "1")
    monkeypatch.setenv("CANDLECAST_SYMBOLS", "ADA-USD")
    settings = parse_settings(["--port", "2", "--symbols=ETH-USD"])
    assert settings.port == 2
    assert settings.symbols == ("ETH-USD",)


@pytest.mark.parametrize("venue", sorted(VENUES))
def test_every_venue_can_be_named(venue: str) -> None:
    assert parse_settings(["--venue", venue]).venue == venue


def test_replay_of_an_existing_file(tmp_path: Path) -> None:
    recording = tmp_path / "frames.jsonl"
    recording.write_text("")
    assert parse_settings([f"--feed=replay:{recording}"]).feed == f"replay:{recording}"


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--port", "x"], "--port (CANDLECAST_PORT) was 'x'; allowed: 0 to 65535"),
        (["--port", "65536"], "--port (CANDLECAST_PORT) was '65536'; allowed: 0 to 65535"),
        (["--feed", "tape"], "--feed (CANDLECAST_FEED) was 'tape'; allowed: auto, live, sim or"),
        (["--feed", "replay:/no/such"], "--feed (CANDLECAST_FEED) was 'replay:/no/such'; allowed"),
        (["--venue", "nasdaq"], "--venue (CANDLECAST_VENUE) was 'nasdaq'; allowed: coinbase, bin"),
        (
            ["--venue", "OKX"],
            "--venue (CANDLECAST_VENUE) was 'OKX'; allowed: coinbase, binance, kraken",
        ),
        (["--symbols", "BTCUSD"], "--symbols (CANDLECAST_SYMBOLS) was 'BTCUSD'; allowed: 1 to 50"),
        (["--symbols", ""], "--symbols (CANDLECAST_SYMBOLS) was ''; allowed: 1 to 50"),
        (["--renderer", "vulkan"], "--renderer (CANDLECAST_RENDERER) was 'vulkan'; allowed: auto"),
        (["--dask", "here:1"], "--dask (CANDLECAST_DASK) was 'here:1'; allowed: the address of a"),
        (["--speed", "0"], "--speed (CANDLECAST_SPEED) was '0'; allowed: a number above 0"),
        (["--speed", "nan"], "--speed (CANDLECAST_SPEED) was 'nan'; allowed: a number above 0"),
        (["--seed", "-1"], "--seed (CANDLECAST_SEED) was '-1'; allowed: a whole number"),
        (["--log-level", "loud"], "--log-level (CANDLECAST_LOG_LEVEL) was 'loud'; allowed: debug"),
        (["--host", "a b"], "--host (CANDLECAST_HOST) was 'a b'; allowed: an address"),
        (["--colour"], "unrecognized arguments: --colour; app.py --help lists the options"),
        (["--port"], "argument --port: expected one argument; app.py --help lists the options"),
        (["--password", "x"], "unrecognized arguments: --password x; app.py --help lists"),
    ],
)
def test_bad_option_is_one_sentence(argv: list[str], sentence: str) -> None:
    with pytest.raises(SettingsError) as error:
        parse_settings(argv)
    assert str(error.value).startswith(sentence)
    assert "\n" not in str(error.value)


def test_bad_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDLECAST_INSECURE", "perhaps")
    with pytest.raises(SettingsError, match=r"^--insecure \(CANDLECAST_INSECURE\) was 'perhaps'"):
        parse_settings([])


def test_empty_password_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDLECAST_PASSWORD", "")
    with pytest.raises(SettingsError, match=r"^CANDLECAST_PASSWORD was not usable; allowed: 1 to"):
        parse_settings([])


@pytest.mark.parametrize(
    "address", ["postgresql://me:s3cret@db:5432/paper", "postgres://db/paper", "sqlite:///a.sqlite"]
)
def test_address_of_the_database(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    assert parse_settings([]).database_url is None
    monkeypatch.setenv("CANDLECAST_DATABASE_URL", address)
    settings = parse_settings([])
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == address
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize("address", ["", "mysql://me:s3cret@db/paper", "me:s3cret", "sqlite://"])
def test_another_database_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("CANDLECAST_DATABASE_URL", address)
    with pytest.raises(SettingsError) as caught:
        parse_settings([])
    assert str(caught.value) == (
        "CANDLECAST_DATABASE_URL was not usable; "
        "allowed: postgresql://USER:PASSWORD@HOST:PORT/NAME or sqlite:///PATH"
    )


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("WEBHOOKS", "ftp://token@a.example/x", "1 to 10 addresses separated by commas, http://"),
        ("WEBHOOKS", "https://token@", "1 to 10 addresses"),
        ("WEBHOOKS", ",".join(["https://a.example/token"] * 11), "1 to 10 addresses"),
        ("WEBHOOK_SECRET", "token", "16 to 1024 characters"),
    ],
)
def test_webhooks_are_refused_without_showing_them(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(f"CANDLECAST_{name}", value)
    with pytest.raises(SettingsError) as caught:
        parse_settings([])
    assert str(caught.value).startswith(f"CANDLECAST_{name} was not usable; allowed: {allowed}")
    assert "token" not in str(caught.value)


def test_webhooks_are_read_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDLECAST_WEBHOOKS", "https://a.example/token, http://127.0.0.1:9/b")
    monkeypatch.setenv("CANDLECAST_WEBHOOK_SECRET", "0123456789abcdef")
    settings = parse_settings([])
    assert [url.get_secret_value() for url in settings.webhooks] == [
        "https://a.example/token", "http://127.0.0.1:9/b",
    ]  # fmt: skip
    assert settings.webhook_secret is not None
    assert "token" not in repr(settings) and "0123456789abcdef" not in repr(settings)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "example.org"])
def test_open_address_needs_a_password_or_insecure(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match="set CANDLECAST_PASSWORD, or say --insecure"):
        parse_settings(["--host", host])
    assert parse_settings(["--host", host, "--insecure"]).host == host
    assert parse_settings(["--host", host, "--warm-up"]).warm_up  # nothing listens
    monkeypatch.setenv("CANDLECAST_PASSWORD", "secret")
    assert parse_settings(["--host", host]).host == host


def test_where_things_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("server.settings.sys.platform", "linux")
    assert parse_settings([]).store == tmp_path / "candlecast"
    assert parse_settings([]).record is None
    assert parse_settings(["--store", "off"]).store is None
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    assert parse_settings([]).store == Path("/home/me/.local/state/candlecast")
    assert parse_settings(["--store", "~/x", "--record", "y"]).store == Path("/home/me/x")
    monkeypatch.setattr("server.settings.sys.platform", "darwin")
    support = Path("/home/me/Library/Application Support")
    assert parse_settings([]).store == support / "candlecast"
    monkeypatch.setattr("server.settings.sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert parse_settings([]).store == Path("/local/candlecast")


@pytest.mark.parametrize("value", ["", " ", __file__, "~nobody-of-this-name/x", "x" * 5000])
def test_what_is_no_folder_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match=r"--store \(CANDLECAST_STORE\) was .*off or a folder"):
        parse_settings(["--store", value])
    with pytest.raises(SettingsError, match=r"--record \(CANDLECAST_RECORD\) was .*a folder"):
        parse_settings(["--record", value])


def test_without_a_home_nothing_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert parse_settings([]).store is None


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
    ],
)
def test_is_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_help_leaves_with_zero(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        parse_settings(["--help"])
    assert leaving.value.code == 0
    assert "--renderer" in capsys.readouterr().out
