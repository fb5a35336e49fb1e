"""Who is asking: a key sent as Bearer, a log-in's cookie, or this machine itself."""

import threading
import time

from werkzeug.wrappers import Request

from geo.errors import Forbidden, NotLoggedIn, Words
from geo.records import Key, Records
from webmap.access.limits import WrongTries
from webmap.house import Actor, machine_user
from webmap.settings import Settings

COOKIE = "gridscope_session"
AUDIT_EVERY_S = 600.0

_SEND_KEY = Words("send the key as: Authorization: Bearer gs_...", "密钥应以 Authorization: Bearer gs_... 发送")


class Doorman:
    """Resolves the actor of each request; counts wrong tries; notes key use in the audit log every ten minutes."""

    def __init__(self, records: Records, settings: Settings) -> None:
        self._records = records
        self._settings = settings
        self._tries = WrongTries()
        self._noted_s: dict[str, float] = {}
        self._lock = threading.Lock()

    def identify(self, request: Request) -> Actor:
        """The actor of `request`; `NotLoggedIn` for a wrong key, and without one where keys are needed."""
        header = request.headers.get("Authorization", "")
        if header:
            scheme, _, secret = header.partition(" ")
            return self._by_bearer(scheme, secret.strip(), request.remote_addr or "")
        token = request.cookies.get(COOKIE)
        key = self._records.session(token) if token and len(token) < 200 else None
        if key:
            return Actor(key.name, key.role, has_key=True)
        if self._settings.needs_key:
            raise NotLoggedIn(Words("a key is needed here", "需要密钥"))
        return Actor(machine_user(), self._settings.role, has_key=False)

    def check(self, secret: str, address: str) -> Key:
        """The key whose secret this is; `NotLoggedIn` if none, `Busy` after too many wrong ones."""
        prefix = "_".join(secret.split("_", 2)[:2])[:16]
        self._tries.check(prefix, address)
        key = self._records.check_key(secret)
        if key is None:
            self._tries.note(prefix, address)
            raise NotLoggedIn(Words("this key is not valid", "密钥无效"))
        self._tries.forget(prefix, address)
        return key

    def _by_bearer(self, scheme: str, secret: str, address: str) -> Actor:
        if scheme.lower() != "bearer" or not secret:
            raise NotLoggedIn(_SEND_KEY)
        key = self.check(secret, address)
        with self._lock:
            now_s = time.monotonic()
            due = now_s - self._noted_s.get(key.name, -AUDIT_EVERY_S) >= AUDIT_EVERY_S
            if due:
                self._noted_s[key.name] = now_s
        if due:
            self._records.write_audit(key.name, "key use")
        return Actor(key.name, key.role, has_key=True)


def check_reading(actor: Actor, method: str) -> None:
    """A feeder only writes: whatever it asks to read is `Forbidden`."""
    if actor.role == "feeder" and method in ("GET", "HEAD"):
        raise Forbidden(Words("the role feeder reads nothing", "数据接入角色不读取数据"))
