"""Files of groups of cases, read back by openpyxl, against what the page is told."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from geo.hotspots.cube import EVERY
from geo.schema import Role
from geo.snapshot.cases import Asked
from tests.geo.desk.conftest import Handled


@pytest.mark.parametrize("role", ["leader", "analyst"])
@pytest.mark.parametrize("asked", [Asked("unit", "town", None, EVERY), Asked("month", "grid", "B-1", EVERY)])
def test_the_file_has_the_cells_of_the_answer_and_no_other(handled: Handled, role: Role, asked: Asked) -> None:
    told = handled.desk.rates(asked, role)["rows"]
    body, n_rows = handled.desk.rates_bytes(asked, role, "xlsx", "en")
    head, *rows = load_workbook(BytesIO(body)).worksheets[0].iter_rows(values_only=True)
    assert n_rows == len(rows) == len(told)
    for row, cells in zip(told, (dict(zip(head, cells, strict=True)) for cells in rows), strict=True):
        assert cells["group"] == row["key"]
        for name in ("n_received", "n_due", "n_on_time", "on_time_share", "on_time_share_low"):
            assert cells[name] == row[name]
            assert cells[name] is None or name not in row["hidden"]
    if asked.by == "unit":
        assert "name" in head
