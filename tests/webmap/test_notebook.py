"""The example notebook: kept without output, and every cell runs on the tiny city."""

import ast
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from webmap.maps.composer import MapFigure

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook.ipynb"


def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return found


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """Run one cell as a notebook does; the value of its last line, where that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if isinstance(last, ast.Expr) else None


def test_it_holds_no_output() -> None:
    for cell in cells():
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


def test_every_cell_runs(tiny_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDSCOPE_HOME", str(tiny_home))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    shown = [run_cell("".join(cell["source"]), names) for cell in cells() if cell["cell_type"] == "code"]
    figures = [value for value in shown if isinstance(value, MapFigure)]
    assert len(figures) == 3
    tables = [value for value in shown if isinstance(value, pd.DataFrame)]
    assert [len(table) for table in tables] == [2, 2, 2, 2, 2]
    gaps, hotspots, rates, safeguards, league = tables
    parts = gaps[["building", "direction", "doubt", "none", "offline", "pixels", "terrain"]].sum(axis=1)
    assert (parts - gaps["road_unseen_m"]).abs().max() < 1e-6
    assert hotspots["because_en"].str.len().min() > 0
    assert (rates["on_time_share_low"] <= rates["on_time_share_high"]).all()
    assert safeguards["n_cameras"].sum() > 0
    assert league["eb_low"].le(league["eb_high"]).all()
    assert (tmp_path / "coverage.html").read_text(encoding="utf-8") == figures[1].render()
    assert "UnitTiles" in shown[-1].get_root().render() or "unit_tiles" in shown[-1].get_root().render()
