"""Login and the guard over real HTTP."""

from collections.abc import Iterator

import httpx
import pytest
from pydantic import SecretStr
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from server.login import COOKIE
from server.security import same_host
from server.settings import Settings
from tests.server.harness import BTC, ETH, Running, run_server

PASSWORD = "correct horse – battery"
OPEN = Settings(symbols=(BTC, ETH), store=None, insecure=True)


@pytest.fixture
def server() -> Iterator[Running]:
    settings = Settings(symbols=(BTC, ETH), store=None, password=SecretStr(PASSWORD))
    with run_server(settings) as running:
        yield running


@pytest.fixture
def web(server: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60, headers={"Origin": server.origin}) as client:
        yield client


def bearer_of(password: str) -> list[tuple[bytes, bytes]]:
    return [(b"Authorization", f"Bearer {password}".encode())]


def log_in(web: httpx.Client, password: str = PASSWORD, goes_to: str = "/") -> httpx.Response:
    return web.post("/login", data={"password": password, "next": goes_to})


def test_pages_lead_to_the_login_and_programs_get_401(web: httpx.Client) -> None:
    page = web.get("/backtesting", headers={"Accept": "text/html,*/*"})
    assert page.status_code == 303
    assert page.headers["location"] == "/login?next=/backtesting"
    page = web.get("/paper?symbol=ETH-USD&x=a%20b", headers={"Accept": "text/html,*/*"})
    assert page.headers["location"] == "/login?next=/paper%3Fsymbol%3DETH-USD%26x%3Da%2520b"
    for path in ("/api/symbols", "/api/chart.webp", "/metrics", "/api/docs", "/_dash-layout"):
        response = web.get(path)
        assert response.status_code == 401
        assert response.json()["error"].startswith("a login is needed")
        assert response.headers["www-authenticate"].startswith("Bearer ")


def test_health_and_login_page_are_open(web: httpx.Client) -> None:
    assert web.get("/healthz").status_code == 200
    page = web.get("/login", params={"next": '/a"><script>'})
    assert page.status_code == 200
    assert 'type="password"' in page.text
    assert "<script>" not in page.text
    assert "&quot;&gt;&lt;script&gt;" in page.text


def test_head_is_answered_like_get_without_a_body(web: httpx.Client) -> None:
    for path in ("/healthz", "/login", "/api/symbols"):
        asked, head = web.get(path), web.head(path)
        assert head.status_code == asked.status_code
        assert head.headers["content-type"] == asked.headers["content-type"]
        assert head.content == b""
    assert web.head("/logout").status_code == web.get("/logout").status_code


def test_login_opens_everything_and_logout_closes_it(web: httpx.Client) -> None:
    response = log_in(web, goes_to="/paper")
    assert response.status_code == 303
    assert response.headers["location"] == "/paper"
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for flag in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=604800"):
        assert flag in cookie
    assert "Secure" not in cookie  # this test speaks http
    kept = web.cookies[COOKIE]
    assert web.get("/api/symbols").status_code == 200
    assert web.get("/login").status_code == 303
    out = web.post("/logout")
    assert out.status_code == 303
    assert out.headers["location"] == "/login"
    assert web.get("/api/symbols").status_code == 401
    # A copy of the cookie is worth nothing either.
    stolen = httpx.get(f"{web.base_url}/api/symbols", cookies={COOKIE: kept})
    assert stolen.status_code == 401


def test_cookie_is_secure_behind_tls(web: httpx.Client) -> None:
    response = web.post(
        "/login", data={"password": PASSWORD}, headers={"X-Forwarded-Proto": "https"}
    )
    assert "Secure" in response.headers["set-cookie"]


@pytest.mark.parametrize("cookie", ["", "x", "abc.def.ghi", "é"])
def test_made_up_cookie_is_no_session(web: httpx.Client, cookie: str) -> None:
    header = [(b"Cookie", f"{COOKIE}={cookie}".encode("latin-1"))]
    assert web.get("/api/symbols", headers=header).status_code == 401


def test_wrong_password_says_so(web: httpx.Client) -> None:
    response = log_in(web, "guess")
    assert response.status_code == 401
    assert "The password is wrong." in response.text
    assert "set-cookie" not in response.headers


def test_sixth_attempt_of_a_minute_is_429_even_with_the_right_password(web: httpx.Client) -> None:
    for _ in range(5):
        assert log_in(web, "guess").status_code == 401
    response = log_in(web)
    assert response.status_code == 429
    assert 0 < int(response.headers["retry-after"]) <= 60
    assert "Too many wrong passwords. The next attempt is taken in" in response.text
    bearer = web.get("/api/symbols", headers=bearer_of(PASSWORD))
    assert bearer.status_code == 429


def test_bearer_password_opens_rest_and_is_limited_too(web: httpx.Client) -> None:
    def ask(password: str) -> int:
        return web.get("/metrics", headers=bearer_of(password)).status_code

    assert ask("guess") == 401
    for _ in range(4):
        assert ask("guess again") == 401
    assert ask("guess again") == 429


def test_right_bearer_is_never_limited(web: httpx.Client) -> None:
    for _ in range(8):
        assert web.get("/metrics", headers=bearer_of(PASSWORD)).status_code == 200


def test_login_from_another_site_is_refused(web: httpx.Client) -> None:
    response = web.post(
        "/login", data={"password": PASSWORD}, headers={"Origin": "https://evil.example"}
    )
    assert response.status_code == 403


def test_session_cookie_without_origin_is_refused(web: httpx.Client) -> None:
    log_in(web)
    del web.headers["Origin"]
    response = web.post("/logout")
    assert response.status_code == 403
    assert response.json()["error"] == "Origin was missing; with a session cookie it is needed"


def test_cross_site_fetch_without_origin_is_refused(web: httpx.Client) -> None:
    del web.headers["Origin"]
    response = web.post("/login", headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403


async def test_socket_needs_the_login(server: Running, web: httpx.Client) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(server.socket_url, origin=server.origin):  # type: ignore[arg-type]
            pass
    assert refused.value.response.status_code == 403
    log_in(web)
    cookie = {"Cookie": f"{COOKIE}={web.cookies[COOKIE]}"}
    async with connect(
        server.socket_url,
        origin=server.origin,  # type: ignore[arg-type]
        additional_headers=cookie,
    ) as connection:
        assert "status" in str(await connection.recv())
    with pytest.raises(InvalidStatus) as without_origin:
        async with connect(server.socket_url, additional_headers=cookie):
            pass
    assert without_origin.value.response.status_code == 403


async def test_socket_takes_the_bearer_password(server: Running) -> None:
    header = {"Authorization": "Bearer correct horse \u2013 battery".encode().decode("latin-1")}
    async with connect(server.socket_url, additional_headers=header) as connection:
        assert "status" in str(await connection.recv())


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "10.0.0.1", "a b"])
def test_without_a_password_only_loopback_names_are_answered(host: str) -> None:
    with run_server() as running:
        response = httpx.get(f"{running.url}/healthz", headers={"Host": host})
        assert response.status_code == 400
        assert "Host header" in response.json()["error"]


@pytest.mark.parametrize("host", ["localhost", "localhost:1234", "127.0.0.1", "[::1]:80"])
def test_loopback_names_are_answered(host: str) -> None:
    with run_server() as running:
        assert httpx.get(f"{running.url}/healthz", headers={"Host": host}).status_code == 200


def test_with_a_password_any_name_is_answered(server: Running) -> None:
    response = httpx.get(f"{server.url}/healthz", headers={"Host": "charts.example"})
    assert response.status_code == 200
    assert "ws://charts.example" in response.headers["content-security-policy"]


def test_insecure_server_answers_any_name() -> None:
    with run_server(OPEN) as running:
        response = httpx.get(f"{running.url}/api/symbols", headers={"Host": "charts.lan"})
        assert response.status_code == 200


def test_without_a_password_there_is_no_login() -> None:
    with run_server() as running:
        response = httpx.get(f"{running.url}/login")
        assert response.status_code == 303
        assert response.headers["location"] == "/"


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://a.example", "a.example", True),
        ("https://a.example", "a.example", True),
        ("http://a.example:8050", "a.example:8050", True),
        ("http://[::1]:8050", "[::1]:8050", True),
        ("http://A.example", "a.example", True),
        ("http://a.example:80", "a.example", True),
        ("http://a.example", "a.example:8050", False),
        ("http://b.example", "a.example", False),
        ("http://a.example.evil", "a.example", False),
        ("http://a.example@evil", "a.example", False),
        ("null", "a.example", False),
        ("file://a.example", "a.example", False),
        ("http://a.example:x", "a.example", False),
        ("", "a.example", False),
    ],
)
def test_same_host(origin: str, host: str, same: bool) -> None:
    assert same_host(origin, host) is same
