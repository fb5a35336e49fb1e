"""A tile asked for again is the same answer, given to nobody who may not have it."""

from typing import Any

import pytest

from geo.records import Records
from tests.webmap.fake_desk import FakeDesk, FakeSnapshot, HomeClient, Open

TILE = "/tiles/units-grid/3/1/1.mvt?v=0123456789abcdef"
EMPTY = "/tiles/units-grid/3/0/0.mvt"


def whole(answer: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
    return answer.status_code, answer.data, sorted(answer.headers.items())


def asks_of_flask(client: HomeClient, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths that reach the application behind the memory from now on."""
    kept, seen = client.application.wsgi_app, []
    app = kept._app

    def spy(environ: dict[str, Any], start_response: Any) -> Any:
        seen.append(environ["PATH_INFO"])
        return app(environ, start_response)

    monkeypatch.setattr(kept, "_app", spy)
    return seen


@pytest.mark.parametrize("path", [TILE, EMPTY])
@pytest.mark.parametrize("encoding", ["gzip", "identity", "gzip;q=0"])
def test_second_answer_is_the_first_to_the_byte(
    client: HomeClient, monkeypatch: pytest.MonkeyPatch, path: str, encoding: str
) -> None:
    headers = {"Accept-Encoding": encoding}
    first = whole(client.get(path, headers=headers))
    seen = asks_of_flask(client, monkeypatch)
    assert whole(client.get(path, headers=headers)) == first
    assert seen == []


def test_encodings_hosts_and_methods_are_kept_apart(client: HomeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get(TILE, headers={"Accept-Encoding": "gzip"})
    seen = asks_of_flask(client, monkeypatch)
    assert "Content-Encoding" not in client.get(TILE).headers
    assert client.get(TILE, headers={"Host": "evil.example:8000", "Accept-Encoding": "gzip"}).status_code == 421
    assert client.head(TILE, headers={"Accept-Encoding": "gzip"}).data == b""
    assert len(seen) == 3


def test_a_new_snapshot_is_asked_for_anew(client: HomeClient, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get(TILE)
    seen = asks_of_flask(client, monkeypatch)
    desk.current = FakeSnapshot(id="f" * 16, number=319)
    assert client.get(TILE).headers["ETag"] != first.headers["ETag"]
    assert len(seen) == 1


def test_a_body_that_made_room_is_worked_out_again(client: HomeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    first = whole(client.get(TILE))
    client.application.extensions["gridscope"].bodies.__init__()
    seen = asks_of_flask(client, monkeypatch)
    assert whole(client.get(TILE)) == first
    assert len(seen) == 1


def test_a_closed_session_gets_nothing(open_client: Open, records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    client = open_client(host="0.0.0.0")
    records.add_key("li", "analyst")
    token = records.open_session("li", 1.0)
    client.set_cookie("gridscope_session", token, domain="127.0.0.1")
    assert client.get(TILE).status_code == 200
    seen = asks_of_flask(client, monkeypatch)
    assert client.get(TILE).status_code == 200
    assert seen == []
    records.close_session(token)
    assert client.get(TILE).status_code == 401
    assert len(seen) == 1


def test_each_use_of_a_key_in_the_header_is_seen(
    open_client: Open, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = open_client()
    headers = {"Authorization": f"Bearer {records.add_key('wang', 'analyst')}"}
    client.get(TILE, headers=headers)
    seen = asks_of_flask(client, monkeypatch)
    assert client.get(TILE, headers=headers).status_code == 200
    assert client.get(TILE, headers={"Authorization": "Bearer gs_wrong.key"}).status_code == 401
    assert len(seen) == 2


def test_a_log_of_every_request_misses_none(open_client: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    client = open_client(log_level="DEBUG")
    client.get(TILE)
    seen = asks_of_flask(client, monkeypatch)
    client.get(TILE)
    assert len(seen) == 1
