"""Password, session cookie and the limit on attempts: decisions only, no requests.

The cookie is signed with a key stretched from the password, so that sessions survive a restart and
end when the password changes. It says nothing but when it was issued and which session it is.
"""

import hashlib
import hmac
import ipaddress
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from enum import Enum

from itsdangerous import BadSignature, TimestampSigner

COOKIE = "candlecast_session"
SESSION_SECONDS = 7 * 24 * 3600
ATTEMPTS = 5
ATTEMPT_WINDOW_S = 60.0
_MAX_ADDRESSES = 4096
_MAX_REVOKED = 65536


class Verdict(Enum):
    """What became of an offered password."""

    GRANTED = "granted"
    WRONG = "wrong"
    TOO_MANY = "too many"


class AttemptLimit:
    """At most five wrong passwords a minute from one address; IPv6 is counted by /64 network."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def blocked_for(self, address: str) -> float:
        """Seconds until ``address`` may try again; 0 when it may now."""
        failures = self._failures.get(_network(address))
        if failures is None or len(failures) < ATTEMPTS:
            return 0.0
        return max(0.0, failures[0] + ATTEMPT_WINDOW_S - self._clock())

    def failed(self, address: str) -> None:
        """Remember a wrong password from ``address``."""
        network = _network(address)
        failures = self._failures.setdefault(network, deque(maxlen=ATTEMPTS))
        failures.append(self._clock())
        self._failures.move_to_end(network)
        if len(self._failures) > _MAX_ADDRESSES:
            self._failures.popitem(last=False)


class Access:
    """Whether somebody may come in. Without a password everybody may."""

    def __init__(self, password: str | None, limit: AttemptLimit | None = None) -> None:
        self.limit = limit or AttemptLimit()
        self._digest: bytes | None = None
        self._signer: TimestampSigner | None = None
        self._revoked: OrderedDict[str, None] = OrderedDict()
        if password is not None:
            self._digest = hashlib.sha256(password.encode()).digest()
            self._signer = TimestampSigner(
                _key(password), salt="session", digest_method=hashlib.sha256
            )

    @property
    def required(self) -> bool:
        """Whether a password is set."""
        return self._digest is not None

    def try_password(self, offered: str, address: str) -> Verdict:
        """Compare in constant time; wrong ones count against ``address``."""
        if self._digest is None:
            return Verdict.GRANTED
        if self.limit.blocked_for(address) > 0:
            return Verdict.TOO_MANY
        digest = hashlib.sha256(offered.encode("utf-8", "surrogateescape")).digest()
        if hmac.compare_digest(digest, self._digest):
            return Verdict.GRANTED
        self.limit.failed(address)
        return Verdict.WRONG

    def issue(self) -> str:
        """The value of a new session's cookie."""
        if self._signer is None:
            return ""
        return self._signer.sign(secrets.token_urlsafe(12)).decode()

    def holds(self, cookie: str | None) -> bool:
        """Whether ``cookie`` is a session we issued in the last seven days and nobody ended."""
        return self._session(cookie) is not None

    def end(self, cookie: str | None) -> None:
        """Log out: the session ends even if somebody kept a copy of its cookie."""
        session = self._session(cookie)
        if session is not None:
            self._revoked[session] = None
            if len(self._revoked) > _MAX_REVOKED:
                self._revoked.popitem(last=False)

    def _session(self, cookie: str | None) -> str | None:
        if self._signer is None or not cookie:
            return None
        try:
            session = self._signer.unsign(cookie, max_age=SESSION_SECONDS).decode()
        except (BadSignature, UnicodeError):
            return None
        return None if session in self._revoked else session


def _key(password: str) -> bytes:
    """The signing key. Stretched (RFC 7914, about 50 ms), so that a stolen cookie is no help in
    guessing the password."""
    salt = b"candlecast session key, version 1"
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


def _network(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
