"""BAD_INPUTS rows 40, 45 against a real waitress."""

import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from geo.records import Records
from tests.webmap.fake_desk import FakeDesk
from webmap import Settings, create_app
from webmap.access.limits import WRONG_PER_ADDRESS
from webmap.server import make_server

Ask = Callable[[bytes], bytes]


@pytest.fixture
def port(tmp_path: Path, desk: FakeDesk, records: Records) -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        free: int = probe.getsockname()[1]
    settings = Settings(tmp_path, port=free)
    server = make_server(create_app(settings, desk=desk, records=records), settings)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run)
    thread.start()
    yield free
    server.task_dispatcher.shutdown()
    server.close()
    thread.join(5)


@pytest.fixture
def ask(port: int) -> Ask:
    def send(raw: bytes) -> bytes:
        with closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as connection:
            connection.sendall(raw.replace(b"HOST", f"127.0.0.1:{port}".encode()))
            return connection.recv(65536)

    return send


def test_health_and_no_server_name(ask: Ask) -> None:
    answer = ask(b"GET /healthz HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"\r\nServer:" not in answer


def test_an_answer_without_a_body_leaves_the_connection_open(port: int) -> None:
    """RFC 9112, 9.3: connections persist unless one side says otherwise; a 204 ends with its header."""

    def head(path: str, more: str = "") -> bytes:
        return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{more}\r\n".encode()

    with closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as connection:
        for path, status in (("/favicon.ico", b"204"), ("/favicon.ico", b"204"), ("/healthz", b"200")):
            connection.sendall(head(path))
            answer = connection.recv(65536)
            while status == b"200" and not answer.endswith(b'{"ok":true}\n'):
                answer += connection.recv(65536)
            assert answer.startswith(b"HTTP/1.1 " + status)
            assert b"\r\nConnection: close" not in answer
        connection.sendall(head("/favicon.ico", "Connection: close\r\n"))
        assert b"\r\nConnection: close" in connection.recv(65536)
        assert connection.recv(65536) == b""


def test_huge_header_is_refused_early(ask: Ask) -> None:
    assert ask(b"GET / HTTP/1.1\r\nHost: HOST\r\nX: " + b"a" * 200_000).startswith(b"HTTP/1.0 431")


def test_huge_body_is_refused_before_it_is_sent(ask: Ask) -> None:
    raw = b"POST /login HTTP/1.1\r\nHost: HOST\r\nX-Gridscope: 1\r\nContent-Length: 104857600\r\n\r\n"
    assert b" 413 " in ask(raw).split(b"\r\n")[0]


def test_chunks_without_end_are_refused_at_the_limit(port: int) -> None:
    head = f"POST /login HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Gridscope: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"1000\r\n" + b"a" * 0x1000 + b"\r\n"
    with closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as connection:
        connection.sendall(head.encode())
        n_sent = 0
        with suppress(ConnectionError):
            while n_sent < 1000 and not select.select([connection], [], [], 0)[0]:
                connection.sendall(chunk)
                n_sent += 1
        assert n_sent < 1000
        assert b" 413 " in connection.recv(65536).split(b"\r\n")[0]


def test_length_and_chunks_together_are_refused_with_all_that_follows(ask: Ask) -> None:
    smuggled = b"0\r\n\r\nGET /api/home HTTP/1.1\r\nHost: HOST\r\n\r\n"
    raw = b"POST /login HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = ask(raw + smuggled)
    assert b" 400 " in answer.split(b"\r\n")[0]
    assert answer.count(b"HTTP/1.") == 1


def test_two_lengths_are_refused(ask: Ask) -> None:
    raw = b"POST /login HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde"
    assert b" 400 " in ask(raw).split(b"\r\n")[0]


def test_three_hundred_half_open_sockets_do_not_stop_the_rest(port: int, ask: Ask) -> None:
    held = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(300)]
    try:
        for connection in held:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ")
        assert ask(b"GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n").startswith(b"HTTP/1.1 200")
    finally:
        for connection in held:
            connection.close()


def upload(port: int, name: str, key: str, source: str = "127.0.0.1", *, has_body: bool = False) -> bytes:
    """The answer to the headers of an upload of 1 MB, or with `has_body` to all of it."""
    head = (
        f"POST {name} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Gridscope: 1\r\nConnection: close\r\n"
        f"{key}Content-Length: 1000000\r\n\r\n"
    )
    with closing(socket.create_connection(("127.0.0.1", port), 60, (source, 0))) as connection:
        connection.sendall(head.encode() + b"1" * 1_000_000 * has_body)
        return connection.recv(65536)


def test_only_an_editors_upload_may_be_large(port: int, records: Records) -> None:
    """Decided on the headers: before the body has come, and by the key, not by its presence."""
    keys = {role: f"Authorization: Bearer {records.add_key(role, role)}\r\n" for role in ("editor", "feeder")}  # type: ignore[arg-type]
    assert b" 201 " in upload(port, "/api/uploads?name=a.csv", keys["editor"], has_body=True).split(b"\r\n")[0]
    for name, key in (
        ("/api/uploads?name=a.csv", ""),
        ("/api/uploads?name=a.csv", keys["feeder"]),
        ("/api/uploads?name=a.csv", "Authorization: Bearer gs_00000000_wrong\r\n"),
        ("/api/jobs", keys["editor"]),
    ):
        assert b" 413 " in upload(port, name, key).split(b"\r\n")[0]


def test_wrong_keys_from_one_address_do_not_lock_an_editor_at_another(port: int, records: Records) -> None:
    key = f"Authorization: Bearer {records.add_key('wang', 'editor')}\r\n"
    for number in range(WRONG_PER_ADDRESS):
        wrong = f"Authorization: Bearer gs_{number:08}_wrong\r\n"
        assert b" 413 " in upload(port, "/api/uploads?name=a.csv", wrong, "127.0.0.2").split(b"\r\n")[0]
    assert b" 413 " in upload(port, "/api/uploads?name=a.csv", key, "127.0.0.2").split(b"\r\n")[0]
    assert b" 201 " in upload(port, "/api/uploads?name=a.csv", key, has_body=True).split(b"\r\n")[0]
