"""A kernel, a server, the hub break during a class: saved notebooks are whole, and the students come back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import httpx
import nbformat
import pytest

from classroom.hub.rehearsal import Hub, Notebook, Student, execute, wait_until

LogIn = Callable[[int], Student]
Lay = Callable[..., Notebook]


def test_a_kernel_that_dies_comes_back_and_loses_no_file(student: LogIn, short: Lay) -> None:
    one = student(0)
    notebook = short(one, "x = 1", "print(x)")
    kernel_id = one.start_kernel()
    assert one.run(notebook, kernel_id) == []
    with one.channel(kernel_id) as channel:
        dying = nbformat.v4.new_code_cell("import os\nos.kill(os.getpid(), 9)")
        with pytest.raises(ConnectionError):
            execute(channel, dying)
    assert one.lost(notebook) == []
    assert [error.partition(":")[0] for error in one.run(short(one, "print(x)"), kernel_id)] == ["NameError"]
    again = short(one, "x = 1", "print(x)")
    assert one.run(again, kernel_id) == []
    assert one.lost(again) == []


def test_a_server_killed_while_it_saves_leaves_whole_notebooks(hub: Hub, student: LogIn, short: Lay) -> None:
    one = student(0)
    notebook = short(one, "0")
    attempted, acknowledged = [-1], [-1]

    def save_again_and_again() -> None:
        with suppress(httpx.HTTPError):  # until the server is no more
            while True:
                attempted.append(attempted[-1] + 1)
                # A cell of four megabytes, so that a save takes long enough to be met.
                notebook.cells[0].source = f"{attempted[-1]}\n#" + "-" * 4_000_000
                one.save(notebook)
                acknowledged.append(attempted[-1])

    saving = threading.Thread(target=save_again_and_again)
    saving.start()
    wait_until(lambda: len(acknowledged) > 3)
    hub.kill_server(one.name)
    saving.join()
    found = nbformat.read(hub.home(one.name) / "short.ipynb", as_version=4)
    nbformat.validate(found)
    assert int(found.cells[0].source.partition("\n")[0]) in (acknowledged[-1], attempted[-1])
    back = student(0)
    assert len(back.open("short").cells[0].source) > 4_000_000
    again = short(back, "print(1)")
    assert back.run(again, back.start_kernel()) == []
    assert back.lost(again) == []


def test_a_students_server_saves_by_putting_a_new_file_in_place(hub: Hub, student: LogIn, short: Lay) -> None:
    one = student(0)
    notebook = short(one, "1")
    file = hub.home(one.name) / "short.ipynb"
    file.chmod(0o640)
    before = file.stat()
    one.save(notebook)
    assert file.stat().st_ino != before.st_ino
    assert file.stat().st_mode == before.st_mode


def test_students_work_on_while_the_hub_is_gone_and_come_back_to_it(hub: Hub, student: LogIn, short: Lay) -> None:
    one = student(0)
    notebook = short(one, "print(1)", "print(2)", "print(3)")
    kernel_id = one.start_kernel()
    server = hub.servers()[one.name]
    with one.channel(kernel_id) as channel:
        execute(channel, notebook.cells[0])
        hub.kill()
        execute(channel, notebook.cells[1])  # the proxy and the server know what to do without a hub
    one.save(notebook)
    assert one.lost(notebook) == []
    hub.start()
    assert hub.servers()[one.name] == server
    assert one.run(notebook, kernel_id) == []  # in the same browser, without another login
    assert one.lost(notebook) == []
    later = student(0)
    assert later.run(short(later, "print(4)"), later.start_kernel()) == []
