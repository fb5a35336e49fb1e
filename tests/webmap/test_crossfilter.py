"""The pages' cross-filters and orders against pandas: the same modules that the bundle holds, run by Node.js."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

SRC = Path(__file__).parents[2] / "webmap" / "static" / "src"
NODE = shutil.which("node")

pytestmark = pytest.mark.skipif(NODE is None, reason="no Node.js on this machine")


def run_js(script: str, data: object) -> Any:
    """What `script` prints as JSON; `data` is the global of that name, modules are imported from the pages' sources."""
    text = f"const data = {json.dumps(data)}; const SRC = {json.dumps(SRC.as_uri())};\n{script}"
    command = [str(NODE), "--input-type=module", "--eval", text]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    random = np.random.default_rng(6)
    frame = pd.DataFrame({"metres": random.exponential(9, 400).round(1), "kind": random.integers(0, 4, 400)})
    return frame.assign(metres=frame["metres"].mask(random.random(400) < 0.1))


def to_columns(frame: pd.DataFrame) -> dict[str, list[Any]]:
    return {name: [None if pd.isna(cell) else cell for cell in frame[name].tolist()] for name in map(str, frame)}


FILTERED = """
const { CrossFilter, binOf } = await import(`${SRC}/filters/crossfilter.js`);
const { metres, kind } = data;
const cross = new CrossFilter(metres.length);
cross.set("metres", (i) => metres[i] !== null && metres[i] >= 5);
cross.set("kind", (i) => kind[i] === 2);
const edges = [0, 2, 5, 9, 20];
const bins = (name) => {
  const { under, kept } = cross.distribution(name, (i) => binOf(metres[i], edges), 4);
  return [[...under], [...kept]];
};
const kinds = cross.distribution("kind", (i) => kind[i], 4);
const found = { count: cross.count(), metres: bins("metres"), kinds: [[...kinds.under], [...kinds.kept]],
  cuts: cross.cutsMost(), first: [...cross.rows(Int32Array.from([9, 5, 3, 1, 0, 100, 200, 300]))] };
cross.set("kind", null);
found.after = cross.count();
console.log(JSON.stringify(found));
"""


def test_each_filter_is_shown_under_all_the_others(rows: pd.DataFrame) -> None:
    found = run_js(FILTERED, to_columns(rows))
    by_metres, by_kind = rows["metres"] >= 5, rows["kind"] == 2
    both = by_metres & by_kind

    def binned(kept: "pd.Series[bool]") -> list[int]:
        cut = pd.cut(rows["metres"][kept], [0, 2, 5, 9, np.inf], right=False)
        return [int(n) for n in cut.value_counts(sort=False)]

    def by_kinds(kept: "pd.Series[bool]") -> list[int]:
        return [int((kept & (rows["kind"] == kind)).sum()) for kind in range(4)]

    assert found["count"] == both.sum()
    assert found["metres"] == [binned(by_kind), binned(both)]
    assert found["kinds"] == [by_kinds(by_metres), by_kinds(both)]
    assert found["after"] == by_metres.sum()
    assert found["first"] == [row for row in (9, 5, 3, 1, 0, 100, 200, 300) if both[row]]
    most = max((by_kind & ~by_metres).sum(), (by_metres & ~by_kind).sum())
    assert found["cuts"]["n"] == most


ORDERED = """
const { orderOf } = await import(`${SRC}/table/order.js`);
const found = [false, true].map((descending) => [...orderOf(data.metres, { descending })]);
console.log(JSON.stringify([...found, [...orderOf(data.words)]]));
"""


def test_rows_without_a_value_stand_last_and_equal_ones_keep_their_order(rows: pd.DataFrame) -> None:
    words = ["bad", "", "able", None, "cat"]
    up, down, texts = run_js(ORDERED, {"metres": to_columns(rows)["metres"], "words": words})
    frame = rows.assign(row=rows.index)
    assert up == frame.sort_values(["metres", "row"])["row"].tolist()
    assert down == frame.sort_values(["metres", "row"], ascending=[False, True])["row"].tolist()
    assert texts == [2, 0, 4, 1, 3]
