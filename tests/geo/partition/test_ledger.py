import pandas as pd
import pytest

from geo.errors import NotBalanced
from geo.partition.ledger import check_balanced, count_ledger
from geo.schema import RESULTS
from tests import tiny_world


def ledger(assigned: pd.DataFrame, n_read: int = 6, n_refused: int = 2) -> pd.DataFrame:
    return count_ledger("incidents", n_read, n_refused, assigned, tiny_world.units(), tiny_world.home())


def test_read_is_assigned_and_outside_and_refused():
    found = ledger(tiny_world.incident_levels())
    assert tuple(found.columns) == RESULTS["ledger"].names()
    grid = found.iloc[0]
    assert (grid["rows_read"], grid["assigned"], grid["outside"], grid["refused"]) == (6, 3, 1, 2)
    assert found.set_index(["level", "code"]).loc[("village", "va"), "assigned"] == 2
    check_balanced(found)


def test_a_lost_row_does_not_balance():
    found = ledger(tiny_world.incident_levels().head(3))
    with pytest.raises(NotBalanced, match="incidents at level grid: read 6, assigned 3, outside 0, refused 2"):
        check_balanced(found)


def test_a_parent_that_is_not_the_sum_of_its_children_does_not_balance():
    with pytest.raises(NotBalanced, match="village va"):
        check_balanced(ledger(tiny_world.incident_levels().assign(village=["va", "vb", "vb", None])))


def test_a_code_of_no_unit_does_not_balance():
    with pytest.raises(NotBalanced):
        check_balanced(ledger(tiny_world.incident_levels().assign(grid=["g1", "gx", "g4", None])))


def test_rows_known_at_a_coarser_level_only_balance_there():
    found = ledger(tiny_world.incident_levels().assign(grid=["g1", None, "g4", None]))
    check_balanced(found)
    assert found.set_index(["level", "code"]).loc[("village", "va"), "assigned"] == 2
