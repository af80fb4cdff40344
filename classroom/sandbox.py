"""The walls around learners' code: what a process may no longer do once `enter` has returned, whoever started it.

Features of the Linux kernel that need no rights, and hold for root and for anybody else alike:

- Landlock (Linux 5.13): files. What is readable is listed, and nothing else can be opened.
- A list of system calls (`system_calls`): no other process or thread, no signal to anyone, no network, no change to
  owner, rights, times or flags of a file, of which Landlock knows nothing.
- Namespaces, where the system grants them to everybody: a folder in memory whose size and number of files the kernel
  limits, and no network at all. Where it does not, nothing can be written.

Limits on memory, processor time and file size come on top; root gives up what makes it root. Where Landlock or the
list of calls cannot stand, `enter` raises, and the code is not run. The standard library is all that this needs.
Numbers are those of linux/landlock.h, prctl.h, sched.h and mount.h.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
from collections.abc import Iterable
from pathlib import Path

from classroom import system_calls

READ_FILE, READ_DIR, WRITE_FILE, TRUNCATE = 4, 8, 2, 1 << 14
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG, REFER = 1 << 4, 1 << 5, 1 << 7, 1 << 8, 1 << 13
READ = READ_FILE | READ_DIR
OWN = READ | WRITE_FILE | TRUNCATE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER
FILES_BY_ABI = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}  # every right that version knows, to deny it
NEW_MOUNTS, NEW_IPC, NEW_USER, NEW_NETWORK = 0x20000, 0x08000000, 0x10000000, 0x40000000
PRIVATE = 1 << 14 | 1 << 18  # MS_REC, MS_PRIVATE
PLAIN_FILES = 2 | 4 | 8  # MS_NOSUID, MS_NODEV, MS_NOEXEC


class SandboxError(Exception):
    """The walls cannot be put up here; the message says what is missing."""


def enter(
    readable: Iterable[str], home: str, seconds: int, memory: int, file_size: int, folder_size: int, files: int
) -> None:
    """Put up the walls around this process, for good. Raises SandboxError where one of them cannot stand.

    readable : folders and files; what does not exist is left out
    home : an empty folder, in which this process sees a file system of its own where it may have one
    seconds, memory, file_size : of processor time; in bytes of address space; in bytes of one file
    folder_size, files : in bytes of all files in `home` together; how many files and folders they may be
    """
    if len(os.listdir("/proc/self/task")) > 1:
        raise SandboxError("a second thread is running, which would stay outside")
    started_by = os.getppid()
    writable = _mount_own_folder(home, folder_size, files)
    _limit(seconds, memory, file_size)
    _call("prctl", 38, 1, 0, 0, 0)  # no program run from here gains rights: the kernel asks for that
    _allow_files(readable, home if writable else None)
    _give_up_root()
    _call("prctl", 1, signal.SIGKILL, 0, 0, 0)  # end with the process that started this one
    if os.getppid() != started_by:
        raise SandboxError("the process that started this one has ended")
    _allow_calls()


def _mount_own_folder(home: str, size: int, files: int) -> bool:
    """Give this process alone a file system in memory at `home`; False where the system grants no namespaces."""
    user, group = os.geteuid(), os.getegid()
    try:
        _call("unshare", NEW_USER | NEW_MOUNTS | NEW_NETWORK | NEW_IPC)
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
        _call("mount", None, b"/", None, PRIVATE, None)
        options = f"size={size},nr_inodes={files},mode=700".encode()
        _call("mount", b"own", os.fsencode(home), b"tmpfs", PLAIN_FILES, options)
    except (SandboxError, OSError):
        return False
    os.chdir(home)  # what lay here before is under it now
    return True


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
    Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


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


def _allow_files(readable: Iterable[str], writable: str | None) -> None:
    version = landlock_version()
    every = FILES_BY_ABI[min(version, 5)]
    # From version 4 on also no TCP, from 6 on no signals and no abstract sockets to the outside.
    handled = struct.pack("QQQ", every, 3, 3)[: 8 if version < 4 else 16 if version < 6 else 24]
    rules = _call("syscall", 444, handled, len(handled), 0)
    for path in {*map(os.path.realpath, readable)}:
        if os.path.exists(path):
            _allow(rules, path, READ if os.path.isdir(path) else READ_FILE)
    _allow(rules, "/dev/null", (READ_FILE | WRITE_FILE | TRUNCATE) & every)
    if writable:
        _allow(rules, writable, OWN & every)
    _call("syscall", 446, rules, 0)
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    _call("syscall", 445, rules, 1, struct.pack("=Qi", rights, place), 0)
    os.close(place)


def _give_up_root() -> None:
    """Drop all capabilities: what is left of root is an owner of files, and Landlock does not ask for owners."""
    _call("capset", struct.pack("Ii", 0x20080522, 0), bytes(24))


def _allow_calls() -> None:
    try:
        program = system_calls.program()
    except system_calls.UnknownMachineError as error:
        raise SandboxError(str(error)) from error
    buffer = ctypes.create_string_buffer(program)
    _call("prctl", 22, 2, struct.pack("HP", len(program) // 8, ctypes.addressof(buffer)), 0, 0)
