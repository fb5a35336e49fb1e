import gzip

from flask.testing import FlaskClient

from tests.webmap.fake_desk import FakeDesk, FakeSnapshot, Open

TILE = "/tiles/units-grid/3/1/1.mvt"


def test_second_ask_with_the_etag_is_304_without_work(client: FlaskClient, desk: FakeDesk) -> None:
    first = client.get(TILE)
    again = client.get(TILE, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert desk.calls.count("tile") == 1


def test_empty_tile_is_204_with_an_etag(client: FlaskClient) -> None:
    answer = client.get("/tiles/units-grid/3/0/0.mvt")
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["ETag"]


def test_new_snapshot_changes_the_etag(client: FlaskClient, desk: FakeDesk) -> None:
    first = client.get(TILE).headers["ETag"]
    desk.current = FakeSnapshot(id="f" * 16, number=319)
    assert client.get(TILE, headers={"If-None-Match": first}).status_code == 200


def test_etag_of_one_role_says_nothing_to_another(open_client: Open) -> None:
    url = "/api/metrics/coverage?level=grid"
    analyst = open_client(role="analyst").get(url)
    leader = open_client(role="leader").get(url, headers={"If-None-Match": analyst.headers["ETag"]})
    assert leader.status_code == 200
    assert leader.json["columns"]["n_cameras"] == [1, None]


def test_order_of_the_query_does_not_matter_but_its_values_do(client: FlaskClient) -> None:
    one = client.get("/api/metrics/coverage?level=grid&at=25").headers["ETag"]
    assert client.get("/api/metrics/coverage?at=25&level=grid").headers["ETag"] == one
    assert client.get("/api/metrics/coverage?at=50&level=grid").headers["ETag"] != one


def test_only_the_current_snapshots_address_is_immutable(client: FlaskClient) -> None:
    assert "immutable" in client.get(f"{TILE}?v=0123456789abcdef").headers["Cache-Control"]
    assert client.get(f"{TILE}?v=ffffffffffffffff").headers["Cache-Control"] == "private, no-cache"
    assert client.get(TILE).headers["Cache-Control"] == "private, no-cache"


def test_compressed_where_accepted_and_worth_it(client: FlaskClient) -> None:
    packed = client.get(TILE, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == client.get(TILE).data == b"tile" * 600
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Cookie" in packed.headers["Vary"]
    assert "Content-Encoding" not in client.get("/healthz", headers={"Accept-Encoding": "gzip"}).headers
    assert "Content-Encoding" not in client.get(TILE, headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_snapshot_that_changes_meanwhile_is_never_kept(client: FlaskClient, desk: FakeDesk) -> None:
    make = desk.tile

    def tile_and_publish(*args: object, **kwargs: object) -> bytes:
        desk.current = FakeSnapshot(id="f" * 16, number=319)
        return make(*args, **kwargs)  # type: ignore[arg-type]

    desk.tile = tile_and_publish  # type: ignore[method-assign,assignment]
    answer = client.get(f"{TILE}?v=0123456789abcdef")
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-cache"
