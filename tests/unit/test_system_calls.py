"""The filter of system calls, run step by step as the kernel runs it, for both processors that it knows."""

from __future__ import annotations

import struct

import pytest

from classroom.system_calls import ALLOW, ALLOWED, GUARDED, KILL, MACHINES, O_TMPFILE, REFUSE, UNKNOWN, program


def verdict(machine: str, call: int, *arguments: int, name: int | None = None) -> int:
    """What the filter says of a call; `name` is the kernel's name of the processor."""
    given = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("iIQ6Q", call if call < 1 << 31 else call - (1 << 32), name or MACHINES[machine][1], 0, *given)
    steps = [*struct.iter_unpack("HBBI", program(machine))]
    at, value = 0, 0
    while True:
        code, if_true, if_false, constant = steps[at]
        at += 1
        if code == 0x20:
            (value,) = struct.unpack_from("I", data, constant)
        elif code == 0x54:
            value &= constant
        elif code == 0x06:
            return int(constant)
        else:
            at += if_true if {0x15: value == constant, 0x35: value >= constant}[code] else if_false


@pytest.mark.parametrize("machine", MACHINES)
def test_what_is_listed_is_allowed_and_nothing_else(machine: str) -> None:
    column = MACHINES[machine][0]
    listed = {numbers[column] for numbers in ALLOWED.values()} - {None}
    guarded = {each[0][column] for each in GUARDED.values()} - {None}
    assert not listed & guarded
    for call in set(range(1000)) - guarded:
        expected = ALLOW if call in listed else UNKNOWN if call >= 424 else REFUSE
        assert verdict(machine, call) == expected, call


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("name", "arguments", "allowed"),
    [
        ("openat", (0, 0, 0), True),
        ("openat", (0, 0, 0o101), True),  # O_CREAT | O_WRONLY
        ("openat", (0, 0, 0o1101), True),  # ... | O_TRUNC
        ("openat", (0, 0, 0o1000), False),  # O_TRUNC of what may only be read
        ("openat", (0, 0, O_TMPFILE | 2), False),
        ("ioctl", (0, 0x5401), True),  # TCGETS
        ("ioctl", (0, 0x40086602), False),  # FS_IOC_SETFLAGS
        ("ioctl", (0, 0x5412), False),  # TIOCSTI
        ("ioctl", (0, 0x5412 + (1 << 32)), False),
        ("fcntl", (0, 3), True),  # F_GETFL
        ("fcntl", (0, 6), False),  # F_SETLK
        ("fcntl", (0, 8), False),  # F_SETOWN
        ("prctl", (15,), True),  # PR_SET_NAME
        ("prctl", (1,), False),  # PR_SET_PDEATHSIG
        ("prlimit64", (0,), True),
        ("prlimit64", (1,), False),
    ],
)
def test_the_arguments_decide(machine: str, name: str, arguments: tuple[int, ...], allowed: bool) -> None:
    call = GUARDED[name][0][MACHINES[machine][0]]
    assert call is not None
    assert verdict(machine, call, *arguments) == (ALLOW if allowed else REFUSE)


def test_the_tables_of_other_processors_are_closed() -> None:
    for call in ALLOWED["read"][0], ALLOWED["write"][0]:
        assert call is not None
        assert verdict("x86_64", 0x40000000 + call) == REFUSE  # x32
        assert verdict("x86_64", call, name=0x40000003) == KILL  # i386, by int 0x80
