from hypothesis import given, settings
from hypothesis import strategies as st

from server.login import ATTEMPTS, Access, AttemptLimit, Verdict


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_attempts_come_back_one_by_one_after_a_minute() -> None:
    clock = Clock()
    access = Access("secret", AttemptLimit(clock))
    for _ in range(ATTEMPTS):
        assert access.try_password("wrong", "10.0.0.1") is Verdict.WRONG
        clock.now += 10
    assert access.try_password("secret", "10.0.0.1") is Verdict.TOO_MANY
    assert access.limit.blocked_for("10.0.0.1") == 10.0
    clock.now += 10
    assert access.try_password("wrong", "10.0.0.1") is Verdict.WRONG
    assert access.try_password("secret", "10.0.0.1") is Verdict.TOO_MANY
    clock.now += 10
    assert access.try_password("secret", "10.0.0.1") is Verdict.GRANTED


def test_addresses_are_counted_apart_and_networks_of_ipv6_together() -> None:
    limit = AttemptLimit(Clock())
    for number in range(ATTEMPTS):
        limit.failed(f"2001:db8:1:2::{number:x}")
        limit.failed("::ffff:10.0.0.1")
    assert limit.blocked_for("2001:db8:1:2:ffff::1") > 0
    assert limit.blocked_for("2001:db8:1:3::1") == 0
    assert limit.blocked_for("10.0.0.1") > 0
    assert limit.blocked_for("10.0.0.2") == 0


def test_limit_forgets_the_oldest_of_many_addresses() -> None:
    limit = AttemptLimit(Clock())
    for number in range(6000):
        for _ in range(ATTEMPTS):
            limit.failed(f"10.1.{number // 256}.{number % 256}")
    assert limit.blocked_for("10.1.0.0") == 0
    assert limit.blocked_for(f"10.1.{5999 // 256}.{5999 % 256}") > 0


def test_session_survives_a_restart_and_ends_with_another_password() -> None:
    cookie = Access("secret").issue()
    assert Access("secret").holds(cookie)
    assert not Access("Secret").holds(cookie)


def test_session_ends_on_logout_alone() -> None:
    access = Access("secret")
    one, two = access.issue(), access.issue()
    access.end(one)
    assert not access.holds(one)
    assert access.holds(two)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_changed_cookie_is_no_session(data: st.DataObject) -> None:
    cookie = _ACCESS.issue()
    position = data.draw(st.integers(0, len(cookie) - 1))
    letter = data.draw(st.characters(codec="utf-8"))
    changed = cookie[:position] + letter + cookie[position + 1 :]
    # The last base64 digit of the signature holds two bits that nobody reads.
    if changed != cookie and position < len(cookie) - 1:
        assert not _ACCESS.holds(changed)


def test_without_a_password_everybody_may_come_in() -> None:
    access = Access(None)
    assert not access.required
    assert access.try_password("anything", "x") is Verdict.GRANTED
    assert access.issue() == ""


_ACCESS = Access("secret")
