"""A mirror on loopback for tests of downloads, with a way to fail for each that mirrors are known for."""

from __future__ import annotations

import gzip
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Mirror(ThreadingHTTPServer):
    """Serves `files` as /WAY/NAME, where WAY is how it answers: good, missing, busy, cut and so on."""

    daemon_threads = False  # closing waits for every answer, so that no test leaves a thread behind

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.files = dict(files)
        self.asked: list[str] = []
        self.hurry = threading.Event()  # ends what slow and silent answers wait for

    def url(self, way: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{way}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client that has seen enough hangs up
            super().handle_error(request, client_address)


class _Answer(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        _, way, name = self.path.split("/", 2)
        self.server.asked.append(name)
        content = self.server.files[name]
        match way:
            case "good":
                self._send(content, len(content))
            case "encoded":  # as Apache does with AddEncoding x-gzip .gz, whatever the client accepts
                self._send(content, len(content), {"Content-Encoding": "x-gzip"})
            case "encoded-twice":
                self._send(gzip.compress(content), None, {"Content-Encoding": "gzip"})
            case "encoded-wrong":
                self._send(forged(content), None, {"Content-Encoding": "gzip"})
            case "missing":
                self.send_error(404)
            case "busy":
                self.send_error(503)
            case "cut":
                self._send(content[: len(content) // 2], len(content))
            case "short":
                self._send(content[: len(content) // 2])
            case "wrong":
                self._send(forged(content), len(content))
            case "endless":
                self._send(content)
                while True:
                    self.wfile.write(bytes(2**16))
            case "silent":
                self.server.hurry.wait()
            case "slow":
                self._send(content[:1], len(content))
                for i in range(1, len(content)):
                    self.server.hurry.wait(0.05)
                    self.wfile.write(content[i : i + 1])
            case _:
                raise NotImplementedError(way)

    def _send(self, content: bytes, length: int | None = None, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(200)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def forged(content: bytes) -> bytes:
    """Change one bit of what is in a gzip file: another file, and nothing about it is damaged."""
    plain = bytearray(gzip.decompress(content))
    plain[-1] ^= 1
    return gzip.compress(plain, mtime=0)


@contextmanager
def serve(files: dict[str, bytes]) -> Iterator[Mirror]:
    mirror = Mirror(files)
    thread = threading.Thread(target=mirror.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield mirror
    finally:
        mirror.hurry.set()
        mirror.shutdown()
        mirror.server_close()
        thread.join()


@contextmanager
def closed_port() -> Iterator[str]:
    """Yield the address of a port where nobody listens: connections are refused."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening, so that no one else takes it meanwhile
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"


@contextmanager
def dropped_packets() -> Iterator[str]:
    """Yield the address of a port that answers no knock: its queue is full, and nobody takes from it."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for knock in (first, second):
            knock.setblocking(False)
            knock.connect_ex(full.getsockname())
        yield f"http://127.0.0.1:{full.getsockname()[1]}/"
