"""The system calls that learners' code may make: what is allowed, and the filter that holds it (seccomp).

What is not listed is refused, so a call that a later kernel brings is refused too. The list is what the solved
lessons call behind the walls (`tests/classroom/test_walls.py` looks), and what belongs to the same few ends: files,
memory, time, signals to oneself, waiting. No call that reaches another process or thread, the network or the machine;
none that changes owner, rights, times or flags of a file, of which Landlock knows nothing.

Numbers are those of the kernel's tables: asm/unistd_64.h for x86_64, asm-generic/unistd.h for aarch64.
"""

from __future__ import annotations

import platform
import struct
import sys

# By name: its number on x86_64 and on aarch64, None where that machine has no such call.
ALLOWED: dict[str, tuple[int | None, int | None]] = {
    # open files: read, write, wait
    **{"read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "lseek": (8, 62), "close": (3, 57)},
    **{
        "pread64": (17, 67),
        "pwrite64": (18, 68),
        "close_range": (436, 436),
        "ftruncate": (77, 46),
        "fsync": (74, 82),
    },
    **{"fdatasync": (75, 83), "fadvise64": (221, 223), "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24)},
    **{"pipe": (22, None), "pipe2": (293, 59), "eventfd2": (290, 19), "poll": (7, None), "ppoll": (271, 73)},
    **{"select": (23, None), "pselect6": (270, 72), "epoll_create1": (291, 20), "epoll_ctl": (233, 21)},
    **{"epoll_wait": (232, None), "epoll_pwait": (281, 22)},
    # files and folders by name, which Landlock guards
    **{"stat": (4, None), "fstat": (5, 80), "lstat": (6, None), "newfstatat": (262, 79), "statx": (332, 291)},
    **{"access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439), "statfs": (137, 43)},
    **{"fstatfs": (138, 44), "readlink": (89, None), "readlinkat": (267, 78), "getdents64": (217, 61)},
    **{"getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50), "umask": (95, 166), "mkdir": (83, None)},
    **{"mkdirat": (258, 34), "rmdir": (84, None), "unlink": (87, None), "unlinkat": (263, 35)},
    **{"rename": (82, None), "renameat": (264, 38), "renameat2": (316, 276)},
    # memory
    **{"mmap": (9, 222), "munmap": (11, 215), "mremap": (25, 216), "mprotect": (10, 226), "madvise": (28, 233)},
    **{"msync": (26, 227), "brk": (12, 214), "mbind": (237, 235), "membarrier": (324, 283)},
    # signals to oneself, time
    **{"rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132)},
    **{"rt_sigpending": (127, 136), "rt_sigtimedwait": (128, 137), "pause": (34, None), "alarm": (37, None)},
    **{"getitimer": (36, 102), "setitimer": (38, 103), "clock_gettime": (228, 113), "clock_getres": (229, 114)},
    **{"clock_nanosleep": (230, 115), "nanosleep": (35, 101), "gettimeofday": (96, 169), "time": (201, None)},
    **{"times": (100, 153), "getrusage": (98, 165)},
    # what one is, and what machine this is
    **{"getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173), "getuid": (102, 174), "geteuid": (107, 175)},
    **{"getgid": (104, 176), "getegid": (108, 177), "getgroups": (115, 158), "uname": (63, 160)},
    **{"sysinfo": (99, 179), "getcpu": (309, 168), "getrandom": (318, 278), "getrlimit": (97, 163)},
    **{"sched_getaffinity": (204, 123), "sched_yield": (24, 124)},
    # the C library's own, and the end
    **{"futex": (202, 98), "set_robust_list": (273, 99), "set_tid_address": (218, 96), "rseq": (334, 293)},
    **{"arch_prctl": (158, None), "restart_syscall": (219, 128), "exit": (60, 93), "exit_group": (231, 94)},
}
# Allowed for some arguments: the number of the call; then the place of the argument, a mask, the values allowed.
Guarded = tuple[tuple[int | None, int | None], int, int, tuple[int, ...]]
EVERY_BIT = 0xFFFFFFFF
# Not O_TMPFILE, a file without a name; and not O_TRUNC without O_WRONLY or O_RDWR, which before Linux 6.2 emptied a
# file that could only be read.
O_TRUNC, O_TMPFILE, MODES = 0o1000, 0o20000000, 3
OPENED = tuple(mode | cut for mode in (0, 1, 2, 3) for cut in (0, O_TRUNC) if mode | cut != O_TRUNC)
GUARDED: dict[str, Guarded] = {
    "open": ((2, None), 1, O_TMPFILE | O_TRUNC | MODES, OPENED),
    "openat": ((257, 56), 2, O_TMPFILE | O_TRUNC | MODES, OPENED),
    # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC: no lock, no lease, no signal about a file
    "fcntl": ((72, 25), 1, EVERY_BIT, (0, 1, 2, 3, 4, 1030)),
    # TCGETS, TCGETS2, TIOCGWINSZ, FIONREAD, FIONCLEX, FIOCLEX: no flag or version of a file that may only be read
    "ioctl": ((16, 29), 1, EVERY_BIT, (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5450, 0x5451)),
    # PR_SET_NAME, PR_GET_NAME, PR_SET_VMA: none takes back that it ends with the process that started it
    "prctl": ((157, 167), 0, EVERY_BIT, (15, 16, 0x53564D41)),
    "prlimit64": ((302, 261), 0, EVERY_BIT, (0,)),  # one's own limits, which can but be lowered
}
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # a column above, and the kernel's own name
NEW_CALLS = 424  # from here on the numbers are those of Linux 5.1 and later, the same on every machine
LOAD, EQUAL, AT_LEAST, AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
ALLOW, KILL = 0x7FFF0000, 0x80000000
REFUSE, UNKNOWN = 0x00050000 | 1, 0x00050000 | 38  # with EPERM; with ENOSYS, at which the C library goes another way


class UnknownMachineError(Exception):
    """No numbers are known for this processor; the message names it."""


def program(machine: str = platform.machine()) -> bytes:
    """Return the filter as classic BPF, for x86_64 or aarch64; UnknownMachineError elsewhere.

    >>> len(program("aarch64")) % 8
    0
    """
    if machine not in MACHINES or sys.byteorder != "little":
        raise UnknownMachineError(f"this filter knows {' and '.join(MACHINES)}, and this is {machine}")
    column, name = MACHINES[machine]
    steps = [_step(LOAD, 4), _step(EQUAL, name, 1), _step(RETURN, KILL), _step(LOAD, 0)]
    steps += [_step(AT_LEAST, 0x40000000, 0, 1), _step(RETURN, REFUSE)]  # a second table of calls, on x86_64
    for numbers in ALLOWED.values():
        if (number := numbers[column]) is not None:
            steps += [_step(EQUAL, number, 0, 1), _step(RETURN, ALLOW)]
    for numbers, argument, mask, values in GUARDED.values():
        if (number := numbers[column]) is not None:
            test = _allowed_values(argument, mask, values)
            steps += [_step(EQUAL, number, 0, len(test)), *test]
    steps += [_step(AT_LEAST, NEW_CALLS, 0, 1), _step(RETURN, UNKNOWN), _step(RETURN, REFUSE)]
    return b"".join(steps)


def _allowed_values(argument: int, mask: int, values: tuple[int, ...]) -> list[bytes]:
    """Return the steps that allow a call where an argument, masked, is one of the values, and refuse it elsewhere."""
    tests = [_step(EQUAL, value, len(values) - i) for i, value in enumerate(values)]
    return [_step(LOAD, 16 + 8 * argument), _step(AND, mask), *tests, _step(RETURN, REFUSE), _step(RETURN, ALLOW)]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """Return one instruction: its code and value, and how many to skip where a comparison holds and where not."""
    return struct.pack("HBBI", code, if_true, if_false, value)
