"""Keys: who may do what. A secret is shown once; only its argon2id hash is stored."""

import secrets
from hashlib import sha256
from threading import BoundedSemaphore
from typing import get_args

import pandas as pd
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from geo.errors import BadQuery, NotFound, Words
from geo.records.base import Base, Key
from geo.records.frames import to_table
from geo.records.moments import now_us
from geo.records.tables import KEYS, SESSIONS
from geo.schema import Role

#: argon2id, 19 MiB, 2 passes: OWASP Password Storage Cheat Sheet. The secret itself has 256 random bits.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: A hash of no one's secret, verified where the prefix is unknown, so that a wrong key always costs the same.
NO_ONES_HASH = "$argon2id$v=19$m=19456,t=2,p=1$NZGYo+Rzbyj42uPlQBBUYA$qz/Ihzc3fdi93g7yCAH7lwkFznJK2eLpgHqT8h8WiAY"

#: At most this many hashes at once, however many wrong keys arrive: a flood waits, the map does not.
_HASHING = BoundedSemaphore(2)
_MAX_SECRET_CHARS = 200
_MAX_REMEMBERED = 1_000


class KeyRecords(Base):
    """Keys."""

    _verified: dict[bytes, str]

    def add_key(self, name: str, role: Role) -> str:
        """A new key for `name` with `role`; returns its secret `gs_<prefix>_<random>`, which is stored nowhere.

        Errors: `BadQuery` for an unknown role, an empty or overlong name, or one ever used before (audit rows name it).

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from geo.records import Records
        >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        ...     secret = records.add_key("duty desk", "planner")
        ...     records.check_key(secret), records.check_key("gs_0_0"), secret[:3]
        (Key(name='duty desk', role='planner'), None, 'gs_')
        """
        if role not in get_args(Role):
            known = ", ".join(get_args(Role))
            raise BadQuery(Words(f"no role {role!r}; roles are {known}", f"没有角色 {role!r}；现有角色：{known}"))
        if not name.strip() or len(name) > 64 or not name.isprintable():
            raise BadQuery(
                Words("a key needs a name of 1 to 64 printable characters", "密钥名称须为 1 至 64 个可打印字符")
            )
        prefix = secrets.token_hex(4)
        secret = f"gs_{prefix}_{secrets.token_urlsafe(32)}"
        row = {"name": name, "role": role, "prefix": prefix, "hash": HASHER.hash(secret), "created_at": now_us()}
        try:
            with self.writing() as connection:
                connection.execute(insert(KEYS).values(**row))
        except IntegrityError as error:
            raise BadQuery(
                Words(
                    f"a key named {name!r} exists or existed; choose another name",
                    f"密钥 {name!r} 已存在或曾存在，请另取名称",
                )
            ) from error
        return secret

    def check_key(self, secret: str) -> Key | None:
        """Who holds `secret`; None for a wrong, unknown or revoked one.

        The public prefix finds the row; an unknown prefix costs one hash, too. A secret that was right once is
        remembered by its SHA-256 in this process, so a program's later requests cost a look-up; revoking works at once.
        """
        parts = secret.split("_", 2)
        right_form = len(parts) == 3 and parts[0] == "gs" and len(secret) <= _MAX_SECRET_CHARS
        with self.reading() as connection:
            query = select(KEYS.c.name, KEYS.c.role, KEYS.c.hash, KEYS.c.revoked_at)
            row = connection.execute(query.where(KEYS.c.prefix == (parts[1] if right_form else ""))).one_or_none()
        fingerprint = sha256(secret.encode(errors="replace")).digest()
        stored = NO_ONES_HASH if row is None else str(row.hash)
        if row is None or self._verified.get(fingerprint) != stored:
            if not _matches(stored, secret[:_MAX_SECRET_CHARS]) or row is None:
                return None
            if len(self._verified) >= _MAX_REMEMBERED:
                self._verified.clear()
            self._verified[fingerprint] = stored
        return Key(row.name, row.role) if row.revoked_at is None else None

    def keys(self) -> pd.DataFrame:
        """All keys by name: name, role, prefix, created_at, revoked_at; no secret, no hash."""
        k = KEYS.c
        with self.reading() as connection:
            return to_table(connection, select(k.name, k.role, k.prefix, k.created_at, k.revoked_at).order_by(k.name))

    def revoke_key(self, name: str) -> None:
        """Ends the key called `name` and all its sessions, at once. Errors: `NotFound` where no live key has it."""
        with self.writing() as connection:
            live = (KEYS.c.name == name) & KEYS.c.revoked_at.is_(None)
            if not connection.execute(update(KEYS).where(live).values(revoked_at=now_us())).rowcount:
                raise NotFound(Words(f"no key named {name!r}", f"没有名为 {name!r} 的密钥"))
            connection.execute(delete(SESSIONS).where(SESSIONS.c.key_name == name))


def _matches(stored: str, secret: str) -> bool:
    with _HASHING:
        try:
            return HASHER.verify(stored, secret.encode(errors="replace"))
        except (VerificationError, InvalidHashError):
            return False
