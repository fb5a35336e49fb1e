"""What a running service is told once, at its start."""

import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from geo.errors import BadQuery, Words
from geo.schema.column import READING_ROLES, Role

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
ANY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104


@dataclass(frozen=True)
class Settings:
    """Where the data lies, who may reach it, and the limits of one request.

    `role` is what a request without a key acts as on loopback. `trusted` are further host names
    (with or without port) under which the service may be called, for instance a proxy's.
    `max_batch_bytes` is the limit of a feed's batch and of a file of changes, `max_feeders` how many senders may
    wait at once for their rows to be stored, so that threads are left for readers.
    """

    home: Path
    role: Role = "analyst"
    host: str = "127.0.0.1"
    port: int = 8000
    trusted: tuple[str, ...] = ()
    session_hours: float = 12.0
    max_body_bytes: int = 64 * 1024
    max_upload_bytes: int = 2_000_000_000
    max_batch_bytes: int = 2_000_000
    max_feeders: int = 4
    max_header_bytes: int = 32 * 1024
    threads: int = 8
    connections: int = 2000
    log_level: str = "INFO"

    def __post_init__(self) -> None:
        """Refuse a role that reads nothing, and a port that is none."""
        if self.role not in READING_ROLES:
            raise BadQuery(Words(f"no role {self.role!r} to serve as", f"不能以角色 {self.role!r} 提供服务"))
        if not 0 < self.port < 65536:
            raise BadQuery(Words(f"no port {self.port}", f"没有端口 {self.port}"))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Settings from GRIDSCOPE_HOME, _ROLE, _HOST, _PORT and _TRUSTED (names parted by commas)."""
        port = environment.get("GRIDSCOPE_PORT", "8000")
        if not port.isdecimal():
            raise BadQuery(Words(f"GRIDSCOPE_PORT is no number: {port!r}", f"GRIDSCOPE_PORT 不是数字：{port!r}"))
        return cls(
            home=Path(environment.get("GRIDSCOPE_HOME", "var")),
            role=cast(Role, environment.get("GRIDSCOPE_ROLE", "analyst")),
            host=environment.get("GRIDSCOPE_HOST", "127.0.0.1"),
            port=int(port),
            trusted=tuple(name.strip() for name in environment.get("GRIDSCOPE_TRUSTED", "").split(",") if name.strip()),
        )

    @cached_property
    def needs_key(self) -> bool:
        """Whether every request needs a key: bound, or known by name, beyond loopback."""
        return not is_loopback(self.host) or any(not is_loopback(_bare(name)) for name in self.trusted)

    def allows_host(self, host: str) -> bool:
        """Whether a Host header is one of ours.

        Bound to every address, any address written in digits will do, and this machine's name: what
        must not pass is a foreign name that was made to point here.

        >>> Settings(Path("var")).allows_host("127.0.0.1:8000"), Settings(Path("var")).allows_host("evil.example:8000")
        (True, False)
        """
        allowed = {f"{name}:{self.port}" for name in LOOPBACK_NAMES} | set(self.trusted)
        allowed |= {f"{name}:{self.port}" for name in self.trusted if _bare(name) == name}
        wide = self.host in ANY_ADDRESS
        own = socket.gethostname().lower() if wide else self.host.lower()
        allowed.add(f"[{own}]:{self.port}" if ":" in own else f"{own}:{self.port}")
        if self.port == 80:
            allowed |= {name.removesuffix(":80") for name in allowed}
        host = host.lower()
        return host in allowed or (wide and _port(host) == self.port and _is_address(_bare(host)))


def is_loopback(host: str) -> bool:
    """Whether `host` can only be reached from this machine.

    >>> is_loopback("127.0.0.1"), is_loopback("[::1]"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    return host.lower() == "localhost" or (_is_address(host) and ipaddress.ip_address(host.strip("[]")).is_loopback)


def waitress_options(settings: Settings) -> dict[str, Any]:
    """How waitress is run: poll (select stops at 1,024 sockets), short time-outs, small headers, no server name."""
    return {
        "host": settings.host,
        "port": settings.port,
        "threads": settings.threads,
        "connection_limit": settings.connections,
        "asyncore_use_poll": True,
        "channel_timeout": 30,
        "cleanup_interval": 10,
        "max_request_header_size": settings.max_header_bytes,
        "max_request_body_size": settings.max_body_bytes,
        "expose_tracebacks": False,
        "clear_untrusted_proxy_headers": True,
        "ident": None,
    }


def _bare(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() and (not name.count(":") or name.endswith("]")) else host


def _port(host: str) -> int | None:
    bare = _bare(host)
    return 80 if bare == host else int(host[len(bare) + 1 :])


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
