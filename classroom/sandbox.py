"""The walls around learners' code: what a process may no longer do once `enter` has returned, whoever started it.

Two features of the Linux kernel that need no rights, and hold for root and for anybody else alike:

- Landlock (Linux 5.13): files. What is readable is listed, one folder is writable, and nothing else can be opened.
- A seccomp filter: system calls. No other process or thread, no signal to anyone, no network, no change to the
  owner, rights or times of a file, which Landlock leaves open.

Limits on memory, processor time and file size come on top; root gives up what makes it root. What a kernel or a
container does not offer is not replaced by something weaker: `enter` raises, and the code is not run.
The standard library is all that this needs. Numbers are those of linux/landlock.h, seccomp.h and the tables of
system calls (asm/unistd_64.h, asm-generic/unistd.h).
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

# Calls denied, on x86_64 and on aarch64 (None where that machine has no such call).
DENIED: dict[str, tuple[int | None, int | None]] = {
    # another process or thread, another program
    **{"fork": (57, None), "vfork": (58, None), "clone": (56, 220), "clone3": (435, 435)},
    **{"execve": (59, 221), "execveat": (322, 281), "unshare": (272, 97), "setns": (308, 268)},
    # a signal to, a look into, a setting of another process
    **{"kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138)},
    **{"rt_tgsigqueueinfo": (297, 240), "pidfd_send_signal": (424, 424), "pidfd_open": (434, 434)},
    **{"pidfd_getfd": (438, 438), "ptrace": (101, 117), "kcmp": (312, 272), "process_madvise": (440, 440)},
    **{"process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "process_mrelease": (448, 448)},
    **{"setpriority": (141, 140), "sched_setaffinity": (203, 122), "sched_setparam": (142, 118)},
    **{"sched_setscheduler": (144, 119), "sched_setattr": (314, 274), "ioprio_set": (251, 30)},
    **{"migrate_pages": (256, 238), "move_pages": (279, 239)},
    # the network, and what outlives a process or escapes its limits
    **{"socket": (41, 198), "socketpair": (53, 199), "io_uring_setup": (425, 425), "memfd_create": (319, 279)},
    **{"memfd_secret": (447, 447), "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186)},
    **{"shmat": (30, 196), "shmctl": (31, 195), "semctl": (66, 191), "semop": (65, 193), "msgctl": (71, 187)},
    **{"msgsnd": (69, 189), "msgrcv": (70, 188), "mq_open": (240, 180), "mq_unlink": (241, 181)},
    **{"add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219)},
    # rights, owner, times and length of a file by its path
    **{"chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452)},
    **{"chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54)},
    **{"utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88)},
    **{"setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14)},
    **{"lremovexattr": (198, 15), "fremovexattr": (199, 16), "truncate": (76, 45), "openat2": (437, 437)},
    **{"setxattrat": (463, 463), "removexattrat": (466, 466), "file_setattr": (469, 469)},
    # files by number, and word of what others do with theirs
    **{"open_by_handle_at": (304, 265), "fanotify_init": (300, 262)},
    **{"inotify_init": (253, None), "inotify_init1": (294, 26)},
    # the machine
    **{"mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "bpf": (321, 280)},
    **{"open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "mount_setattr": (442, 442)},
    **{"perf_event_open": (298, 241), "userfaultfd": (323, 282), "reboot": (169, 142), "syslog": (103, 116)},
    **{"init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106)},
    **{"kexec_load": (246, 104), "kexec_file_load": (320, 294), "swapon": (167, 224), "swapoff": (168, 225)},
    **{"settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171)},
    **{"clock_adjtime": (305, 266), "sethostname": (170, 161), "setdomainname": (171, 162), "acct": (163, 89)},
    **{"quotactl": (179, 60), "vhangup": (153, 58), "iopl": (172, None), "ioperm": (173, None)},
}
# Calls denied for some arguments: the number of the call, of the argument, a mask, and the values that are denied.
Guard = tuple[tuple[int | None, int | None], int, int, tuple[int, ...]]
ANY_BIT = 0xFFFFFFFF
GUARDED: tuple[Guard, ...] = (
    ((72, 25), 1, ANY_BIT, (8, 10, 15, 1024, 1026)),  # fcntl: who gets signals about a file, leases
    ((16, 29), 1, ANY_BIT, (0x8901, 0x8902, 0x5412)),  # ioctl: the same, and TIOCSTI, which types into a terminal
    # A file opened for reading alone could still be emptied before Linux 6.2: O_TRUNC without O_WRONLY or O_RDWR.
    ((2, None), 1, 0o1003, (0o1000,)),
    ((257, 56), 2, 0o1003, (0o1000,)),
)
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # a column above, and the kernel's own name

READ_FILE, READ_DIR, WRITE_FILE, MAKE_REG, REMOVE_FILE, TRUNCATE = 4, 8, 2, 1 << 8, 1 << 5, 1 << 14
FILES_BY_ABI = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}  # every right that version knows, to deny it


class SandboxError(Exception):
    """The walls cannot be put up here; the message says what is missing."""


def enter(readable: Iterable[str], writable: str, seconds: int, memory: int, file_size: int) -> None:
    """Put up the walls around this process, for good. Raises SandboxError where one of them cannot stand.

    readable : folders and files; what does not exist is left out
    writable : the one folder in which files (no folders) can be made
    seconds, memory, file_size : of processor time; in bytes of address space; in bytes of one file
    """
    if len(os.listdir("/proc/self/task")) > 1:
        raise SandboxError("a second thread is running, which would stay outside")
    _limit(seconds, memory, file_size)
    _call("prctl", 1, 9, 0, 0, 0)  # end with the process that started this one
    _call("prctl", 38, 1, 0, 0, 0)  # no program run from here gains rights: the kernel asks for that
    _allow_files(readable, writable)
    _give_up_root()
    _deny_calls()


def _limit(seconds: int, memory: int, file_size: int) -> None:
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        _, hardest = resource.getrlimit(what)
        most = most if hardest == resource.RLIM_INFINITY else min(most, hardest)
        resource.setrlimit(what, (most, most))
    # Should memory run out all the same, the kernel is to end this process and no other.
    Path("/proc/self/oom_score_adj").write_text("1000")


def _call(name: str, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    given = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = int(getattr(libc, name)(*given))
    if result < 0:
        raise SandboxError(f"{name}({arguments[0]}): {os.strerror(ctypes.get_errno())}")
    return result


def landlock_version() -> int:
    """Return the version of Landlock this kernel offers; SandboxError where it has none."""
    try:
        return _call("syscall", 444, None, 0, 1)
    except SandboxError as error:
        raise SandboxError("the kernel has no Landlock (Linux 5.13 or later, not switched off at boot)") from error


def _allow_files(readable: Iterable[str], writable: str) -> None:
    version = landlock_version()
    every = FILES_BY_ABI[min(version, 5)]
    # From version 4 on also no TCP, from 6 on no signals and no abstract sockets to the outside.
    handled = struct.pack("QQQ", every, 3, 3)[: 8 if version < 4 else 16 if version < 6 else 24]
    rules = _call("syscall", 444, handled, len(handled), 0)
    for path in {*map(os.path.realpath, readable)}:
        if os.path.exists(path):
            _allow(rules, path, READ_FILE | (READ_DIR if os.path.isdir(path) else 0))
    _allow(rules, "/dev/null", (READ_FILE | WRITE_FILE | TRUNCATE) & every)
    _allow(rules, writable, (READ_FILE | READ_DIR | WRITE_FILE | MAKE_REG | REMOVE_FILE | TRUNCATE) & every)
    _call("syscall", 446, rules, 0)
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    _call("syscall", 445, rules, 1, struct.pack("=Qi", rights, place), 0)
    os.close(place)


def _give_up_root() -> None:
    """Drop all capabilities: what is left of root is an owner of files, and Landlock does not ask for owners."""
    _call("capset", struct.pack("Ii", 0x20080522, 0), bytes(24))


def _deny_calls() -> None:
    program = b"".join(_filter())
    buffer = ctypes.create_string_buffer(program)
    _call("prctl", 22, 2, struct.pack("HP", len(program) // 8, ctypes.addressof(buffer)), 0, 0)


def _filter() -> list[bytes]:
    """Return the filter, an instruction each: classic BPF over the call's number, machine and arguments."""
    if platform.machine() not in MACHINES or sys.byteorder != "little":
        raise SandboxError(f"this filter knows {' and '.join(MACHINES)}, and this is {platform.machine()}")
    column, machine = MACHINES[platform.machine()]
    load, equal, at_least, mask, answer = 0x20, 0x15, 0x35, 0x54, 0x06
    deny, allow, kill = 0x00050000 | 1, 0x7FFF0000, 0x80000000  # the first says EPERM

    def step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("HBBI", code, if_true, if_false, value)

    program = [step(load, 4), step(equal, machine, 1), step(answer, kill), step(load, 0)]
    program += [step(at_least, 0x40000000, 0, 1), step(answer, deny)]  # a second table of calls, on x86_64
    for numbers in DENIED.values():
        if (number := numbers[column]) is not None:
            program += [step(equal, number, 0, 1), step(answer, deny)]
    for numbers, argument, bits, values in GUARDED:
        if (number := numbers[column]) is not None:
            test = [step(load, 16 + 8 * argument), step(mask, bits)]
            for value in values:
                test += [step(equal, value, 0, 1), step(answer, deny)]
            program += [step(equal, number, 0, len(test) + 1), *test, step(answer, allow)]
    # prlimit64 on any process but this one
    number = (302, 261)[column]
    program += [step(equal, number, 0, 3), step(load, 16), step(equal, 0, 1, 0), step(answer, deny)]
    return [*program, step(answer, allow)]
