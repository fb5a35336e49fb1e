"""The house rules that no linter holds: who app.py may import, no utils, the README's columns."""

import ast
import re
from pathlib import Path

from geo.schema.reference import BEGIN, END, to_markdown

ROOT = Path(__file__).resolve().parent.parent


def python_files() -> list[Path]:
    return [
        file for room in ("geo", "webmap") for file in (ROOT / room).rglob("*.py") if "node_modules" not in file.parts
    ]


def imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_app_imports_only_webmap_of_ours_and_the_standard_library():
    assert imported(ROOT / "app.py") - {"os", "pathlib"} == {"webmap"}


def test_folium_flask_rtree_and_reportlab_stay_in_their_rooms():
    for file in python_files():
        names, place = imported(file), file.relative_to(ROOT).as_posix()
        assert "folium" not in names or place.startswith("webmap/maps/"), place
        assert "flask" not in names or place.startswith("webmap/"), place
        assert "reportlab" not in names or place.startswith("webmap/paper/"), place
        assert "rtree" not in names or place == "geo/partition/live.py", place


def test_there_is_no_utils():
    assert not [file for file in python_files() if re.search(r"util|helper|misc|common", file.name)]


def test_files_stay_small():
    """Declarations may run on; numba's cache watches only a kernel's own file, so kernels stay together."""
    allowed = {"geo/schema/results.py", "geo/schema/sources.py", "geo/tiles/kernels.py", "geo/coverage/sweep.py"}
    texts = {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in python_files()}
    lines = {name: len(text.splitlines()) for name, text in texts.items()}
    assert not {name: n for name, n in lines.items() if n > 330 and name not in allowed}


def test_the_column_reference_is_the_one_the_schema_prints():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    printed = text.split(BEGIN)[1].split(END)[0].strip()
    assert printed == to_markdown(), "run `make columns`"
