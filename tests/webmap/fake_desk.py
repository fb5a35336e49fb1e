"""A desk that obeys the contract of `geo.desk.Desk` over two made-up units, so that the faces are tested alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient

from geo.errors import BadQuery, Forbidden, NotAvailable, NotFound, Words
from geo.rules import SCALES, Rules
from geo.schema import HomeInfo
from geo.schema.column import Role, may_see


class HomeClient(FlaskClient):
    """A client that asks under `host`."""

    host = "127.0.0.1:8000"

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return super().open(*args, **{"base_url": f"http://{self.host}", **kwargs})


Open = Callable[..., HomeClient]
HOSTILE = "</script><img src=x onerror=alert(1)>\u2028"


@dataclass(frozen=True)
class FakeSnapshot:
    id: str = "0123456789abcdef"
    number: int = 318
    rules: Rules = field(default_factory=Rules)
    home: HomeInfo = field(default_factory=lambda: HomeInfo("样例", "Sample", "UTC", "EPSG:4326", (), demo=True))


class FakeDesk:
    """Counts its calls by method name, so that a test can say that no work was done."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.current = FakeSnapshot()

    def snapshot(self) -> FakeSnapshot:
        return self.current

    def labels(self) -> dict[str, Words]:
        return {}

    def describe(self, role: Role) -> dict[str, Any]:
        self.calls.append("describe")
        levels = [
            {"name": "grid", "title_zh": "网格", "title_en": "Grid", "parent": "all", "n": 2, "chain": ["grid", "all"]},
            {"name": "all", "title_zh": "全部", "title_en": "All", "parent": None, "n": 1, "chain": ["grid", "all"]},
        ]
        return {
            "title_zh": "样例" + HOSTILE,
            "title_en": "Sample" + HOSTILE,
            "demo": True,
            "attribution_zh": "演示",
            "attribution_en": "Demo",
            "map_review_number": "",
            "timezone": "Asia/Shanghai",
            "role": role,
            "snapshot": {"id": self.current.id, "number": self.current.number, "as_of": "", "built_at": ""},
            "levels": levels,
            "bounds": [109.7, 28.2, 109.8, 28.3],
            "available": {"incidents": True, "cameras": True},
            "scales": SCALES,
            "default_px_per_m": 25.0,
            "rules": {},
            "metric_crs": "EPSG:32649",
            "layers": ["units-grid", "units-all"],
            "min_count": 5,
        }

    def units(self, level: str, role: Role) -> dict[str, Any]:
        self.calls.append("units")
        if level not in ("grid", "all"):
            raise BadQuery(Words(f"no level {level!r}", f"没有层级 {level!r}"))
        codes = ["a", "b/c"] if level == "grid" else ["all"]
        return {"level": level, "code": codes, "name": [HOSTILE] * len(codes), "long": ["x" * 2000]}

    def metrics(
        self, name: str, level: str, role: Role, within: str | None = None, at: float | None = None
    ) -> dict[str, Any]:
        self.calls.append("metrics")
        return {"level": level, "name": name, "at": at, "columns": {"n_cameras": [1, None if role == "leader" else 2]}}

    def card(self, level: str, code: str, role: Role, at: float | None = None) -> dict[str, Any]:
        self.calls.append("card")
        if code not in ("a", "b/c", "all"):
            raise NotFound(Words(f"no unit {code!r}", f"没有单位 {code!r}"))
        return {"unit": {"level": level, "code": code}, "at": at}

    def evidence(self, figure: str, level: str, code: str, role: Role, at: float | None = None) -> dict[str, Any]:
        self.calls.append("evidence")
        is_shown = figure.startswith("rates.") and may_see(role, "analyst")
        return {"figure": figure, "rows": {"table": "incidents", "rows": [["i1"], ["i2"]]} if is_shown else None}

    def identify(
        self, lon: float, lat: float, role: Role, at: float | None = None, levels: list[str] | None = None
    ) -> dict[str, Any]:
        self.calls.append("identify")
        return {"unit": {"grid": None}, "cameras": []}

    def camera(self, uid: str, role: Role, at: float | None = None) -> dict[str, Any]:
        self.calls.append("camera")
        _planner(role)
        return {"uid": uid}

    def tile(self, layer: str, z: int, x: int, y: int, role: Role, at: float | None = None) -> bytes:
        self.calls.append("tile")
        if layer == "roads":
            raise NotAvailable(Words("not available: no roads loaded", "未提供：没有载入道路"))
        if layer == "cameras":
            _planner(role)
        return b"" if (x, y) == (0, 0) and z > 0 else b"tile" * 600

    def search(self, text: str, role: Role, limit: int = 8) -> list[dict[str, Any]]:
        self.calls.append("search")
        return [{"kind": "unit", "code": "a", "name": text}][:limit]

    def kde(self, role: Role, width_px: int = 1024, asked: object = None) -> dict[str, Any]:
        self.calls.append("kde")
        return {"png": b"\x89PNG", "bounds": [0, 0, 1, 1], "breaks": [1.0]}

    def months(self, level: str, code: str, role: Role) -> list[dict[str, Any]]:
        self.calls.append("months")
        return [{"month": "2026-01", "n": 7}]

    def live_change(self) -> int:
        return 7

    def changes(
        self, since: int, snapshot: int | None = None, role: Role = "leader", *, is_stale: bool = False
    ) -> dict[str, Any] | None:
        return None if (since, snapshot) == (7, self.current.number) else {"change": 7}

    def table_rows(self, name: str, role: Role, **query: Any) -> dict[str, Any]:
        self.calls.append("table_rows")
        if name == "incidents" and not may_see(role, "analyst"):
            raise Forbidden(Words("analysts only", "仅分析员"))
        return {"name": name, "columns": [], "rows": [["a"], ["b"]][: query["limit"]], "hidden": {}}

    def table_bytes(self, name: str, fmt: str, **asked: Any) -> tuple[bytes, int]:
        self.calls.append("table_bytes")
        if name == "boom":
            raise RuntimeError("at 109.73883 28.31125 with gs_1234_abcdef\nforged line")
        return b"level,code,name\r\n", 2


def _planner(role: Role) -> None:
    if not may_see(role, "planner"):
        raise Forbidden(Words("planners only", "仅规划员"))
