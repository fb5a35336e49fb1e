from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from geo.errors import BadQuery, NotFound, NotLoggedIn
from geo.records import Key, Records, keys
from geo.records.tables import KEYS, SESSIONS


def test_only_the_hash_is_stored(records: Records) -> None:
    secret = records.add_key("duty", "planner")
    _, prefix, random = secret.split("_", 2)
    with records.reading() as connection:
        row = connection.execute(select(KEYS)).one()
    assert row.prefix == prefix
    assert row.hash.startswith("$argon2id$")
    assert len(random) == 43
    assert random not in "".join(map(str, row))

    assert records.keys().columns.tolist() == ["name", "role", "prefix", "created_at", "revoked_at"]


def test_right_wrong_and_malformed_secrets(records: Records) -> None:
    secret = records.add_key("duty", "planner")
    assert records.check_key(secret) == Key("duty", "planner")
    assert records.check_key(secret) == Key("duty", "planner")
    for wrong in (secret[:-1], secret + "x", "gs_00000000_" + secret[12:], "", "gs", "_", "\udc80", "gs_" * 5000):
        assert records.check_key(wrong) is None


def test_an_unknown_prefix_costs_one_hash_like_a_wrong_secret(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not keys.HASHER.check_needs_rehash(keys.NO_ONES_HASH)
    secret = records.add_key("duty", "planner")
    asked: list[str] = []
    matches = keys._matches
    monkeypatch.setattr(keys, "_matches", lambda stored, given: asked.append(stored) or matches(stored, given))
    for given in (secret[:-1], "gs_ffffffff_x", "nonsense"):
        assert records.check_key(given) is None
    assert len(asked) == 3
    assert asked[1:] == [keys.NO_ONES_HASH] * 2


def test_a_revoked_key_and_its_sessions_end_at_once(records: Records) -> None:
    secret = records.add_key("duty", "editor")
    token = records.open_session("duty", 1)
    assert records.check_key(secret) == records.session(token) == Key("duty", "editor")
    records.revoke_key("duty")
    assert records.check_key(secret) is None
    assert records.session(token) is None
    with pytest.raises(NotLoggedIn):
        records.open_session("duty", 1)
    with pytest.raises(NotFound):
        records.revoke_key("duty")


def test_names_and_roles(records: Records) -> None:
    records.add_key("duty", "leader")
    with pytest.raises(BadQuery, match="choose another name"):
        records.add_key("duty", "leader")
    with pytest.raises(BadQuery, match="no role 'root'"):
        records.add_key("other", "root")  # type: ignore[arg-type]
    for name in ("", "  ", "a\nb", "x" * 65):
        with pytest.raises(BadQuery, match="1 to 64"):
            records.add_key(name, "leader")


def test_sessions_are_apart_and_end_by_time(records: Records) -> None:
    records.add_key("duty", "leader")
    past, one, two = (records.open_session("duty", hours) for hours in (-1, 1, 1))
    assert records.session(past) is None
    records.close_session(one)
    records.close_session("unknown")
    assert records.session(one) is None
    assert records.session(two) == Key("duty", "leader")
    with records.reading() as connection:
        stored = connection.execute(select(SESSIONS.c.token_hash)).scalars().all()
    assert two.encode() not in b"".join(stored)


def test_audit_rows_newest_first(records: Records) -> None:
    for n in range(3):
        records.write_audit("duty", "/exports/gaps.csv", unit="433101", filter="level=grid", rows=n)
    trail = records.audit(2)
    assert trail.columns.tolist() == ["at", "who", "route", "unit", "filter", "rows"]
    assert trail["rows"].tolist() == [2, 1]
    assert (trail["at"] <= datetime.now(UTC)).all()
