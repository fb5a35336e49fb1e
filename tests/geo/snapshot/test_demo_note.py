"""Every file of a demo home says so, in the place that its format has for it."""

import io
import json
from dataclasses import replace

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest

from geo.schema import DEMO_NOTE, HomeInfo
from geo.snapshot import queries
from geo.snapshot.export import to_bytes, write_table
from geo.snapshot.store import Snapshot

NOTE = "演示数据 · 边界为虚构 / Demo data, invented borders"


@pytest.fixture
def demo(tiny: Snapshot) -> Snapshot:
    return as_home(tiny, replace(tiny.home, demo=True, attribution_zh=DEMO_NOTE.zh, attribution_en=DEMO_NOTE.en))


def as_home(tiny: Snapshot, home: HomeInfo) -> Snapshot:
    return replace(tiny, manifest=replace(tiny.manifest, home=home.to_json()), _cache={})


def described(snapshot: Snapshot, fmt: str, tmp_path) -> str:
    """All that a file of `snapshot` says about where it comes from."""
    frame = queries.table(snapshot, "coverage", role="analyst")
    if fmt == "csv":
        return pd.read_csv(write_table(frame, "coverage", fmt, snapshot, tmp_path / "c.csv")[1]).to_string()
    data = to_bytes(frame, "coverage", fmt, snapshot)
    if fmt == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        rows = " ".join(str(cell.value) for row in book["columns"].iter_rows() for cell in row)
        return f"{rows} {book['coverage'].oddFooter.center.text}"
    if fmt == "geojson":
        return json.dumps(json.loads(data)["source"], ensure_ascii=False)
    if fmt == "parquet":
        return json.dumps(json.loads(pq.read_schema(io.BytesIO(data)).metadata[b"gridscope"]), ensure_ascii=False)
    file = tmp_path / "c.gpkg"
    file.write_bytes(data)
    assert pyogrio.read_info(file, layer="coverage")["layer_metadata"] == {"DESCRIPTION": credit(snapshot)}
    return pyogrio.read_dataframe(file, layer="columns").to_string()


def credit(snapshot: Snapshot) -> str:
    said = snapshot.home.credit()
    return f"{said.zh} / {said.en}"


@pytest.mark.parametrize("fmt", ["csv", "xlsx", "geojson", "gpkg", "parquet"])
def test_a_demo_says_so_in_every_format(demo: Snapshot, tiny: Snapshot, fmt: str, tmp_path) -> None:
    assert NOTE in described(demo, fmt, tmp_path)
    assert DEMO_NOTE.zh not in described(tiny, fmt, tmp_path)


@pytest.mark.parametrize("fmt", ["csv", "xlsx", "geojson", "gpkg", "parquet"])
def test_a_real_home_names_its_source_and_its_review_number(tiny: Snapshot, fmt: str, tmp_path) -> None:
    home = as_home(tiny, replace(tiny.home, map_review_number="湘S(2026)001号"))
    said = described(home, fmt, tmp_path)
    assert "手绘" in said
    assert "湘S(2026)001号" in said


def test_the_footer_of_a_printed_sheet_names_both(demo: Snapshot) -> None:
    frame = queries.table(demo, "units", role="analyst")
    book = openpyxl.load_workbook(io.BytesIO(to_bytes(frame, "units", "xlsx", demo)))
    assert book["units"].oddFooter.center.text == NOTE


def test_a_csv_of_the_demo_has_the_columns_of_any_other(demo: Snapshot, tiny: Snapshot) -> None:
    frame = queries.table(tiny, "coverage", role="analyst")
    assert to_bytes(frame, "coverage", "csv", demo) == to_bytes(frame, "coverage", "csv", tiny)
