"""Every file that a page loads is listed with its hash, version and licence, and the bundle is that of the sources."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from geo.desk.layers import LAYERS, is_live
from webmap.maps.boot import DESKS

STATIC = Path(__file__).parents[2] / "webmap" / "static"
SRC = STATIC / "src"
OWN_DATA = {"palette.json", "manifest.json"}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    return found


def sources() -> list[str]:
    suffixes = {".js", ".mjs", ".css", ".json"}
    paths = [path.relative_to(SRC) for path in SRC.rglob("*") if path.is_file() and path.suffix in suffixes]
    return sorted(path.as_posix() for path in paths if "node_modules" not in path.parts)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_listed_file_is_there_with_its_hash(manifest: dict[str, Any]) -> None:
    for entry in manifest["files"]:
        assert sha256(STATIC / entry["name"]) == entry["sha256"], entry["name"]
        assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])
        assert entry["licence"]


def test_every_script_and_style_sheet_is_listed(manifest: dict[str, Any]) -> None:
    loose = {path.name for path in STATIC.iterdir() if path.is_file()} - OWN_DATA
    assert loose == {entry["name"] for entry in manifest["files"]}


def test_every_foreign_part_has_its_licence_text(manifest: dict[str, Any]) -> None:
    foreign = [entry for entry in manifest["files"] if entry["licence"] != "own"] + manifest["bundled"]
    named = {entry["licence_file"] for entry in foreign}
    assert {f"licences/{path.name}" for path in (STATIC / "licences").iterdir()} == named
    for name in named:
        assert re.search(r"permi(t|ssion)", (STATIC / name).read_text(encoding="utf-8").lower())


def test_versions_are_those_of_the_lock(manifest: dict[str, Any]) -> None:
    lock = json.loads((SRC / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for entry in manifest["bundled"]:
        assert lock[f"node_modules/{entry['name']}"]["version"] == entry["version"]
    assert lock["node_modules/leaflet"]["version"] == "1.9.4"
    assert lock["node_modules/esbuild"]["version"] == manifest["built_with"]["esbuild"]
    shipped = {name for name, part in lock.items() if name and not part.get("dev") and "@types" not in name}
    tools = {"node_modules/protocol-buffers-schema", "node_modules/resolve-protobuf-schema"}  # pbf's command line only
    listed = {f"node_modules/{entry['name']}" for entry in manifest["bundled"]}
    assert shipped - tools == listed | {"node_modules/leaflet"}


def test_the_bundle_is_built_from_these_sources(manifest: dict[str, Any]) -> None:
    lines = "".join(f"{name}\0{sha256(SRC / name)}\n" for name in sources())
    digest = hashlib.sha256(lines.encode()).hexdigest()
    assert digest == manifest["sources_sha256"], "run `node build.mjs` in webmap/static/src"


def test_nothing_asks_for_what_the_content_security_policy_forbids() -> None:
    for name in sources():
        if not name.endswith(".js"):
            continue
        text = (SRC / name).read_text(encoding="utf-8")
        for forbidden in (
            r"\beval\(",
            r"new Function\(",
            r"\.innerHTML\b",
            r"\.outerHTML\b",
            r"insertAdjacentHTML",
            r"document\.write",
        ):
            assert not re.search(forbidden, text), f"{name}: {forbidden}"


def test_no_file_names_another_host(manifest: dict[str, Any]) -> None:
    allowed = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    for name in (entry["name"] for entry in manifest["files"] if entry["licence"] == "own"):
        text = (STATIC / name).read_text(encoding="utf-8")
        assert set(re.findall(r"https?://[\w./-]+", text)) <= allowed, name


def test_every_desk_has_a_script_that_carries_no_other_desk(manifest: dict[str, Any]) -> None:
    scripts = {entry["name"] for entry in manifest["files"] if entry["name"].endswith(".js")}
    asked = {
        "gaps": "/api/gaps",
        "safeguards": "/api/safeguards/cameras",
        "hotspots": "/api/kde",
        "intake": "/api/imports",
    }
    for page, address in asked.items():
        assert [
            name for name in scripts if name != "briefing.js" and address in (STATIC / name).read_text(encoding="utf-8")
        ] == [f"{page}.js"]
    assert {f"{name}.js" for name in (*DESKS, "intake", "gridmap", "leaflet")} == scripts


def test_the_page_asks_again_for_the_layers_that_change_live() -> None:
    found = re.search(r"LIVE_LAYERS = (\[.*\])", (SRC / "map" / "layers.js").read_text(encoding="utf-8"))
    assert found
    assert set(json.loads(found[1])) == {name for name in LAYERS if is_live(name)}
