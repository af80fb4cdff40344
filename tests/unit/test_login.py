"""Who guesses passwords has to wait; who has mistyped one has not."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

import pytest
from own_loop import completed

from classroom.hub import login
from classroom.hub.login import GUESSES, WITHIN, Throttle, throttled


def test_ten_wrong_passwords_make_a_name_wait_ten_minutes() -> None:
    now = 0.0
    throttle = Throttle(clock=lambda: now)
    for _ in range(GUESSES - 1):
        throttle.failed("ann")
    assert not throttle.must_wait("ann")
    throttle.failed("ann")
    assert throttle.must_wait("ann")
    assert not throttle.must_wait("ben")
    now = WITHIN - 1
    assert throttle.must_wait("ann")
    now = WITHIN + 1
    assert not throttle.must_wait("ann")


class Passwords:
    """As much of an authenticator of JupyterHub's as is asked for."""

    asked = 0
    log: Any = type("Log", (), {"warning": lambda *_: None})

    def normalize_username(self, name: str) -> str:
        return name.lower()

    async def authenticate(self, _: object, data: dict[str, str]) -> str | None:
        Passwords.asked += 1
        return data["username"] if data["password"] == "right" else None


def test_a_name_that_waits_is_refused_even_with_the_right_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "entry_points", lambda group: [EntryPoint("mine", f"{__name__}:Passwords", group)])
    authenticator = throttled("mine")()

    def enters(name: str, password: str) -> bool:
        return bool(completed(authenticator.authenticate(None, {"username": name, "password": password})))

    assert enters("ann", "right")
    assert not any(enters(name, "wrong") for name in ["ann", "ANN"] * (GUESSES // 2))
    before = Passwords.asked
    assert not enters("Ann", "right")
    assert Passwords.asked == before
    assert enters("ben", "right")


def test_a_login_that_is_not_installed_is_left_for_jupyterhub_to_refuse() -> None:
    assert throttled("no such login") == "no such login"
