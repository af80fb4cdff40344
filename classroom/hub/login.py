"""An authenticator of JupyterHub's that lets nobody guess on: after some wrong passwords, a name has to wait."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

GUESSES = 10  # wrong passwords for one name
WITHIN = 600.0  # seconds, in which these are counted


class Throttle:
    """Counts wrong passwords by name.

    >>> now = 0.0
    >>> throttle = Throttle(clock=lambda: now)
    >>> for _ in range(GUESSES):
    ...     throttle.failed("ann")
    >>> throttle.must_wait("ann"), throttle.must_wait("ben")
    (True, False)
    >>> now = WITHIN + 1
    >>> throttle.must_wait("ann")
    False
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=GUESSES))

    def failed(self, name: str) -> None:
        """Remember a wrong password."""
        self._failures[name].append(self._clock())

    def must_wait(self, name: str) -> bool:
        """Say whether the last wrong passwords for this name came too fast."""
        failures = self._failures[name]
        return len(failures) == GUESSES and failures[0] > self._clock() - WITHIN


def throttled(login: str) -> Any:
    """Return JupyterHub's authenticator of that name, such as pam, but throttled; a name that is none as it is."""
    known: Any = {each.name: each for each in entry_points(group="jupyterhub.authenticators")}
    if login not in known:
        return login
    throttle = Throttle()
    base: Any = known[login].load()

    class Throttled(base):  # type: ignore[misc]
        __doc__ = base.__doc__

        async def authenticate(self, handler: Any, data: Any = None) -> Any:
            name = self.normalize_username(data["username"]) if data else ""
            if throttle.must_wait(name):
                self.log.warning("Too many wrong passwords for %s: it has to wait.", name)
                return None
            answer = await _awaited(super().authenticate(handler, data))
            if not answer and name:
                throttle.failed(name)
            return answer

    return Throttled


async def _awaited(answer: Any) -> Any:
    return await answer if hasattr(answer, "__await__") else answer
