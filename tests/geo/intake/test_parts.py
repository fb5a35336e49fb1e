"""A file that goes through in parts gives what it gives as a whole: rows, lines, refusals, notes."""

import csv
import io
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import BadInput, TooLarge
from geo.intake import iter_clean, read_mapping
from geo.intake.readers import Request, delimited, iter_source, parquet, read_source, text, workbook
from geo.intake.twice import FirstWins, NewestWins, Order
from geo.rules import Rules
from tests.geo.intake.small_city import CAMERAS, INCIDENTS, NOW, cameras, clean, incidents, reasons

SMALL = 40


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "BLOCK_CHARS", SMALL)
    monkeypatch.setattr(parquet, "_MANY_ROWS", 2)
    monkeypatch.setattr(workbook, "_MANY_ROWS", 2)


def messy_incidents(n: int = 300) -> str:
    chance = random.Random(5)
    odd = ["", "i1,109.705\n", '"x\ny",109.705,28.305,2024-01-01,"two\r\nlines"\n', "nan,inf,28,2024-01-01,\n", "\n\n"]
    rows = []
    for i in range(n):
        number = chance.randrange(n)
        lon = f"{109.70 + i / 1e5:.5f}"
        rows.append(
            f"i{number},{lon},28.305,2024-01-{i % 28 + 1:02d} 08:00,{chance.choice(['甲', '乙,', '', 'c'])!r}\n"
        )
        rows.append(chance.choice(odd) if i % 7 == 0 else "")
    return "title\n\nid,x,y,t,c\n" + "".join(rows).replace("'", '"')


@pytest.mark.slow
@pytest.mark.parametrize("duplicates", ["reject", "newest"])
def test_incidents_in_parts_are_those_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, duplicates: str
) -> None:
    (tmp_path / "incidents.csv").write_text(messy_incidents(), encoding="utf-8", newline="")
    mapping = INCIDENTS.replace('crs = "', f'duplicates = "{duplicates}"\ncrs = "') + 'category = "c"\n'
    whole = clean(tmp_path, mapping)[1]
    monkeypatch.setattr(text, "BLOCK_CHARS", SMALL)
    parts = list(iter_clean(read_mapping(tmp_path / "city.toml"), tmp_path, Rules(), now=NOW))[1:]
    assert len(parts) > 100
    joined = clean(tmp_path, mapping)[1]
    pd.testing.assert_frame_equal(joined.frame, whole.frame)
    pd.testing.assert_frame_equal(joined.refused, whole.refused)
    assert (joined.n_read, joined.notes) == (whole.n_read, whole.notes)
    assert len(whole.frame) > 100
    assert {reason for _, reason in reasons(whole)} >= {"duplicate_id", "bad_row", "bad_number"}


@pytest.mark.parametrize("suffix", ["parquet", "xlsx"])
def test_other_formats_in_parts(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"id": [*"abcde", "a"], "x": 109.705, "y": 28.305, "h": [1, 2, None, 4, 5, 6]})
    path = tmp_path / f"cameras.{suffix}"
    frame.to_parquet(path) if suffix == "parquet" else frame.to_excel(path, index=False)
    mapping = CAMERAS.replace("csv", suffix) + 'height_m = "h"\n'
    whole = clean(tmp_path, mapping)[1]
    monkeypatch.setattr(parquet, "_MANY_ROWS", 2)
    monkeypatch.setattr(workbook, "_MANY_ROWS", 2)
    request = Request(path, ("id",), Rules())
    assert [len(part.lines) for part in iter_source(request)][:3] == [2, 2, 2]
    np.testing.assert_array_equal(read_source(request).columns["id"], [*"abcde", "a"])
    joined = clean(tmp_path, mapping)[1]
    pd.testing.assert_frame_equal(joined.frame, whole.frame)
    assert reasons(joined) == reasons(whole) == [(7 if suffix == "xlsx" else 6, "duplicate_id")]
    assert joined.notes == whole.notes
    assert any(note.en.startswith("4 cameras stand exactly") for note in whole.notes)


@pytest.mark.usefixtures("small_parts")
def test_a_comma_is_judged_by_the_whole_column(tmp_path: Path) -> None:
    rows = [f"{i};109,7051;28,3051;1,234\n" for i in range(20)]
    head = "id;x;y;h\n"
    decimal = cameras(tmp_path, head + "".join(rows) + "z;109,7051;28,3051;1,5\n", 'height_m = "h"\n')
    assert decimal.frame.height_m.tolist() == [1.234] * 20 + [1.5]
    unsure = cameras(tmp_path, head + "".join(rows), 'height_m = "h"\n')
    assert {reason for _, reason in reasons(unsure)} == {"bad_number"}
    both = cameras(tmp_path, head + "".join(rows) + "z;109,7051;28,3051;1.5\n", 'height_m = "h"\n')
    assert both.frame.height_m.tolist() == [1.5]


@pytest.mark.usefixtures("small_parts")
def test_swapped_axes_are_judged_by_the_whole_source(tmp_path: Path) -> None:
    good, bad = "{},109.705,28.305\n", "{},28.305,109.705\n"
    rows = [(bad if i < 9 else good).format(i) for i in range(20)]
    assert [reason for _, reason in reasons(cameras(tmp_path, "id,x,y\n" + "".join(rows)))] == ["swapped_axes"] * 9
    rows = [(bad if i > 8 else good).format(i) for i in range(20)]
    with pytest.raises(BadInput, match="11 of 20 points"):
        cameras(tmp_path, "id,x,y\n" + "".join(rows))


def test_the_newest_of_an_id_wins_wherever_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "BLOCK_CHARS", SMALL)
    rows = [
        f"i{i % 10},109.705,28.305,2024-01-{d:02d}\n" for i, d in enumerate(random.Random(1).sample(range(1, 29), 28))
    ]
    (tmp_path / "incidents.csv").write_text("id,x,y,t\n" + "".join(rows))
    table = clean(tmp_path, INCIDENTS.replace('crs = "', 'duplicates = "newest"\ncrs = "'))[1]
    newest: dict[str, str] = {}
    for row in rows:
        name, _, _, day = row.strip().split(",")
        newest[name] = max(newest.get(name, ""), day)
    # Midnight at Shanghai is 16:00 UTC of the day before.
    kept = dict(zip(table.frame.source_id, table.frame.reported_at + pd.Timedelta(hours=8), strict=True))
    assert {name: str(day.date()) for name, day in kept.items()} == newest
    assert len(table.refused) == 18


@given(st.lists(st.text("ab", max_size=2), max_size=60), st.integers(1, 9))
def test_ids_that_come_twice(names: list[str], step: int) -> None:
    ids = np.array(names, dtype=object)
    lines = np.arange(len(ids), dtype=np.int64)
    order = [Order(np.zeros(len(part), dtype=np.int64), part) for part in np.array_split(lines, step)]
    parts = np.array_split(ids, step)
    for rule, keep in ((FirstWins(), "first"), (NewestWins(parts, lambda: zip(parts, order, strict=True)), "last")):
        losers = np.concatenate([rule.losers(part, each) for part, each in zip(parts, order, strict=True)])
        assert losers.tolist() == pd.Series(ids, dtype=object).duplicated(keep=keep).tolist()


ODD = st.lists(
    st.sampled_from(['"', ",", "\n", "\r\n", "\r", "a", "bc,d", '"x,y"', '""', " ", "é", "\ufeff", "1,2\n"]),
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(ODD)
def test_cells_and_lines_are_those_of_the_csv_module(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "odd.csv"
    below = "".join(pieces)
    path.write_text("p,q\n" + below, encoding="utf-8", newline="")
    reader = csv.reader(io.StringIO(below, newline=""))
    expected, broken, line = [], [], 0
    for row in reader:
        start, line = line + 2, reader.line_num
        if len(row) == 2:
            expected.append((start, *row))
        elif row:
            broken.append((start, "bad_row", str(len(row))))
    for n_chars in (SMALL, 7, 1 << 20):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(text, "BLOCK_CHARS", n_chars)
            source = read_source(Request(path, ("p", "q"), Rules(), encoding="utf-8", header_line=1))
        assert list(zip(source.lines.tolist(), *source.columns.values(), strict=True)) == expected
        assert list(source.broken) == broken


def test_plain_parts_are_split_by_arrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_split_any", lambda *_: pytest.fail("not by Arrow"))
    rows = "".join(f'{i},109.705,28.305,"甲, 乙"\r\n' for i in range(99))
    table = cameras(tmp_path, ("id,x,y,n\r\n" + rows).encode("gb18030"), 'name = "n"\n')
    assert table.frame.name.tolist() == ["甲, 乙"] * 99
    assert table.frame.line.tolist() == list(range(2, 101))


def test_a_line_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "BLOCK_CHARS", SMALL)
    monkeypatch.setattr(text, "MAX_LINE_CHARS", 1_000)
    with pytest.raises(TooLarge, match="line of more than 1000"):
        cameras(tmp_path, "id,x,y\n" + "a" * 5_000 + "\n")


def test_progress_goes_on_within_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    incidents(tmp_path, "id,x,y,t\n" + "".join(f"{i},109.705,28.305,2024-01-01\n" for i in range(1000)))
    monkeypatch.setattr(text, "BLOCK_CHARS", 1_000)
    shares: list[float] = []
    mapping = read_mapping(tmp_path / "city.toml")
    list(iter_clean(mapping, tmp_path, Rules(), lambda share, _: shares.append(share), now=NOW))
    assert shares == sorted(shares)
    assert len(set(shares)) > 3
    assert shares[-1] == 1.0
