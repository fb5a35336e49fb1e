"""The density picture and its raster on the small home, whose incidents stand at the middles of its squares."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from rasterio.io import MemoryFile
from scipy import stats

from geo.crs import transform_xy
from geo.desk import Desk
from geo.desk.density import COLOURS, DensityQuery, to_png
from geo.errors import BadQuery, NotAvailable
from geo.hotspots.cube import Wanted
from tests.geo.desk import small_home


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    home = tmp_path_factory.mktemp("home")
    small_home.publish_home(home)
    return Desk(home)


def test_the_density_picture_and_its_blank_ground(desk: Desk) -> None:
    whole, veiled = desk.kde("analyst", 256), desk.kde("leader", 256)
    picture = Image.open(BytesIO(whole["png"])).convert("RGBA")
    assert picture.size == (256, 64)
    colours = {colour for _, colour in picture.getcolors() or []}
    assert {alpha for *_, alpha in colours} <= {0, 255}
    assert tuple(bytes.fromhex(COLOURS[5][1:])) in {tuple(colour[:3]) for colour in colours}
    assert len(whole["breaks"]) == len(whole["colors"]) == 6
    assert veiled["png"] != whole["png"]
    assert veiled["blank_below"] == 5
    assert desk.kde("analyst", 256)["png"] is whole["png"]
    with pytest.raises(BadQuery):
        desk.kde("analyst", 10_000)


def read_tiff(data: bytes) -> tuple[np.ndarray, Any, dict[str, str]]:
    with MemoryFile(data) as memory, memory.open() as file:
        return file.read(1), (file.crs.to_epsg(), file.transform, file.nodata), file.tags()


def test_the_raster_holds_densities_where_the_home_is(desk: Desk) -> None:
    """All lies in strips of 1.1 km: nothing is shown beyond the outline, and the mass of 31 incidents is about there.

    The 20 incidents of c stand at one point: a Gaussian peak of 20 / (2 pi) per km2, of which 1.1 / 2 km of a strip
    holds 0.42, by the normal distribution, and 0.95 of its length, as 2.8 and 1.7 km lie to either side."""
    values, (epsg, transform, nodata), tags = read_tiff(desk.kde_geotiff("analyst", DensityQuery()))
    assert (epsg, tags["unit"], tags["bandwidth_m"]) == (32649, "incidents per km2", "1000")
    assert np.isnan(nodata)
    assert (transform.a, transform.e) == (125.0, -125.0)
    column, row = (int(at[0]) for at in ~transform @ transform_xy([110.025], [0.005], "EPSG:4326", "EPSG:32649"))
    beside = 8 * np.exp(-(1.113**2) / 2)
    share = (stats.norm.cdf(0.553) - stats.norm.cdf(-0.553)) * (stats.norm.cdf(1.67) - stats.norm.cdf(-2.78))
    assert values[row, column] == pytest.approx((20 + beside) / (2 * np.pi) / share, rel=0.02)
    inside = np.isfinite(values)
    assert inside.sum() * 0.125**2 == pytest.approx(4.45 * 1.106, rel=0.05)


def test_below_analyst_the_raster_has_classes_and_blanks_only(desk: Desk) -> None:
    exact, classes = (read_tiff(desk.kde_geotiff(role, DensityQuery()))[0] for role in ("analyst", "leader"))
    shown = np.isfinite(classes)
    assert 0 < shown.sum() < np.isfinite(exact).sum()
    assert len(np.unique(classes[shown])) <= 7
    assert (classes[shown] <= exact[shown]).all()
    # In February there are none in b.
    few = DensityQuery(wanted=Wanted(days=(date(2026, 2, 1), date(2026, 2, 28)), categories=("noise",)))
    blank = read_tiff(desk.kde_geotiff("leader", few))[0]
    assert 0 < np.isfinite(blank).sum() < shown.sum()


def test_a_density_is_of_what_is_asked_for(desk: Desk) -> None:
    """19 of the 31 incidents are of January; the rule's bandwidth of all is told, that of none is the rules' own."""
    january = Wanted(days=(date(2026, 1, 1), date(2026, 1, 31)))
    assert desk.kde("analyst", 64, DensityQuery(wanted=january))["n"] == 19
    assert desk.kde("leader", 64, DensityQuery(wanted=january))["n"] is None
    assert desk.kde("leader", 64)["n"] == 31
    ruled = desk.kde("analyst", 64, DensityQuery("quartic", "rule"))
    assert ruled["kernel"] == "quartic"
    assert 100 <= ruled["bandwidth_m"] <= 5000
    nothing = Wanted(days=(date(2020, 1, 1), date(2020, 1, 2)))
    assert desk.kde("leader", 64, DensityQuery(bandwidth_m="rule", wanted=nothing))["bandwidth_m"] == 1000.0
    with pytest.raises(BadQuery, match="100 to 5,000"):
        desk.kde("analyst", 64, DensityQuery(bandwidth_m=50.0))
    with pytest.raises(NotAvailable, match="no residents"):
        desk.kde("analyst", 64, DensityQuery(per="residents"))


def test_a_picture_of_nothing_is_clear() -> None:
    values = np.array([[np.nan, 0.0, 5.0]], dtype=np.float32)
    assert [p[3] for p in Image.open(BytesIO(to_png(values, ()))).convert("RGBA").get_flattened_data()] == [0, 0, 0]
    assert [p[3] for p in Image.open(BytesIO(to_png(values, (5.0,)))).convert("RGBA").get_flattened_data()] == [
        0,
        0,
        255,
    ]


def test_a_density_per_resident_is_a_ratio_and_blank_where_few_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within 500 m of the middles of b and c live 1,000 each, of a 99: 8 and 20 per 1,000, the edge of no matter."""
    frames = small_home.make_frames()
    people = {"lon": [110.005, 110.015, 110.025], "lat": [0.005] * 3, "residents": [99.0, 1000.0, 1000.0]}
    frames["residents"] = pd.DataFrame(
        {"source_id": list("abc"), "unit_code": list("abc"), "uid": list("abc"), **people}
    )
    monkeypatch.setattr(small_home, "make_frames", lambda: frames)
    small_home.publish_home(tmp_path)
    asked = DensityQuery("quartic", 500.0, "residents")
    values, (_, transform, _), tags = read_tiff(Desk(tmp_path).kde_geotiff("analyst", asked))
    assert tags["unit"] == "incidents per 1,000 residents"
    at = transform_xy(people["lon"], people["lat"], "EPSG:4326", "EPSG:32649")
    columns, rows = (axis.astype(int) for axis in ~transform @ at)
    assert values[rows, columns].tolist() == pytest.approx([np.nan, 8.0, 20.0], rel=1e-3, nan_ok=True)
    shown = np.isfinite(values)
    assert shown.sum() * 62.5**2 == pytest.approx(2 * np.pi * 500**2, rel=0.1)
    assert Desk(tmp_path).kde("leader", 64, asked)["min_residents"] == 100
