"""Sessions of people who logged in with a key: rows on the server, of which the token's hash alone is stored."""

import secrets
from hashlib import sha256

from sqlalchemy import delete, insert, select

from geo.errors import NotLoggedIn, Words
from geo.records.base import Base, Key
from geo.records.moments import now_us
from geo.records.tables import KEYS, SESSIONS

_HOUR_US = 3_600_000_000


def _hash(token: str) -> bytes:
    return sha256(token.encode(errors="replace")).digest()


class SessionRecords(Base):
    """Sessions."""

    def open_session(self, key_name: str, hours: float) -> str:
        """A new session of key `key_name` for `hours`; returns its token. Sessions past their time are removed.

        Errors: `NotLoggedIn` where no live key has that name.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     _ = records.add_key("duty", "leader")
        ...     token = records.open_session("duty", 8)
        ...     before = records.session(token)
        ...     records.close_session(token)
        ...     before, records.session(token)
        (Key(name='duty', role='leader'), None)
        """
        token, now = secrets.token_urlsafe(32), now_us()
        with self.writing() as connection:
            live = select(KEYS.c.name).where(KEYS.c.name == key_name, KEYS.c.revoked_at.is_(None))
            if connection.execute(live).one_or_none() is None:
                raise NotLoggedIn(Words(f"no key named {key_name!r}", f"没有名为 {key_name!r} 的密钥"))
            connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at <= now))
            row = {"key_name": key_name, "opened_at": now, "expires_at": now + int(hours * _HOUR_US)}
            connection.execute(insert(SESSIONS).values(token_hash=_hash(token), **row))
        return token

    def session(self, token: str) -> Key | None:
        """Whose session `token` is; None once it is closed, past its time, or its key revoked."""
        live = (
            (SESSIONS.c.token_hash == _hash(token)) & (SESSIONS.c.expires_at > now_us()) & KEYS.c.revoked_at.is_(None)
        )
        query = select(KEYS.c.name, KEYS.c.role).join_from(SESSIONS, KEYS, SESSIONS.c.key_name == KEYS.c.name)
        with self.reading() as connection:
            row = connection.execute(query.where(live)).one_or_none()
        return None if row is None else Key(row.name, row.role)

    def close_session(self, token: str) -> None:
        """Ends the session; an unknown token is no error."""
        with self.writing() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.token_hash == _hash(token)))
