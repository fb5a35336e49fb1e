"""Where things fall on the map: scale, graticule, names."""

import re
from pathlib import Path

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webmap.paper.carto.frame import fit_frame
from webmap.paper.carto.graticule import find_graticule
from webmap.paper.carto.labels import Label, place_labels
from webmap.paper.glyphs import BARS, FILLS

SRC = Path(__file__).parents[3] / "webmap" / "static" / "src"


def test_graticule_figures_stand_where_proj_puts_their_lines() -> None:
    box, utm = (30.0, 78.0, 328.0, 455.0), "EPSG:32649"
    frame = fit_frame(box, (500_000, 3_060_000, 640_000, 3_280_000), (10, 10, 10, 10))
    to_lonlat = pyproj.Transformer.from_crs(utm, "EPSG:4326", always_xy=True)
    lines = find_graticule(frame, utm)
    assert len({line.figure for line in lines}) == len(lines) > 4
    for line in lines:
        x_m = frame.x_m + (line.at[0] - 30 - 164) / frame.pt_per_m
        y_m = frame.y_m - (line.at[1] - 78 - 227.5) / frame.pt_per_m
        lon, lat = to_lonlat.transform(x_m, y_m)
        degrees = float(re.sub(r"[^0-9.]", "", line.figure))
        # A hundredth of a point is 5 m here; chords between samples add a little.
        assert (lon if line.is_meridian else lat) == pytest.approx(degrees, abs=2e-4)


boxes = st.tuples(*[st.floats(0, 100) for _ in range(2)], *[st.floats(2, 30) for _ in range(2)])


@settings(max_examples=60, deadline=None)
@given(st.lists(boxes, max_size=12))
def test_no_two_names_meet_and_none_leaves_the_frame(given_boxes: list[tuple[float, float, float, float]]) -> None:
    labels = [Label(str(n), *box, priority=float(n), look="unit") for n, box in enumerate(given_boxes)]
    placed = place_labels(labels, (0, 0, 100, 100))
    halves = [(label.width / 2, label.height / 2, x, y) for label, x, y in placed]
    sides = np.array([(x - wide, y - tall, x + wide, y + tall) for wide, tall, x, y in halves])
    for i, one in enumerate(sides):
        assert one[0] >= 0
        assert one[1] >= 0
        assert max(one[2:]) <= 100
        for other in sides[:i]:
            assert one[0] >= other[2] or one[2] <= other[0] or one[1] >= other[3] or one[3] <= other[1]


def test_glyphs_are_those_of_the_screen() -> None:
    """The page's script holds the same bars and fills."""
    source = (SRC / "hotspots" / "emerging.js").read_text(encoding="utf-8")
    bars = re.search(r"const BARS = \{(.*?)\n\};", source, re.DOTALL)
    fills = re.search(r"const FILLS = \{(.*?)\};", source, re.DOTALL)
    assert bars
    assert fills
    found = {name: tuple(map(float, text.split(","))) for name, text in re.findall(r"(\w+): \[(.*?)\]", bars[1])}
    assert found == {name: tuple(map(float, heights)) for name, heights in BARS.items()}
    assert dict(re.findall(r'(\w+): "(\w+)"', fills[1])) == FILLS
