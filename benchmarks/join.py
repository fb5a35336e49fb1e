"""Point -> grid: our join against geopandas, DuckDB spatial and SedonaDB on the same points and the same winding grids.

Every engine must first give the same answer: the lowest code among the grids that a point intersects.
"""

from collections.abc import Callable
from pathlib import Path

import duckdb
import duckdb_extension_spatial
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from harness import interleave, parse_flags, print_load, print_ratio, winding_grids

from geo.partition.index import PartitionIndex

try:
    import sedonadb
except ImportError as error:
    sedonadb = None
    print(f"SKIP sedonadb: {error}")

CRS = "EPSG:32649"


def main() -> None:
    flags = parse_flags(__doc__)
    n_points = 200_000 if flags.quick else 1_000_000
    rounds = 3 if flags.quick else 5
    grids = np.array(winding_grids(5382), dtype=object)
    codes = [f"g{number:05d}" for number in range(len(grids))]
    rng = np.random.default_rng(2)
    x, y = rng.uniform(-2_000, 102_000, (2, n_points))
    index = PartitionIndex.build(grids, codes)
    runs: dict[str, Callable[[], np.ndarray]] = {"ours": lambda: index.assign(x, y)}
    runs["geopandas"] = geopandas_join(grids, x, y)
    runs["duckdb"] = duckdb_join(grids, x, y)
    if sedonadb is not None:
        runs["sedonadb"] = sedona_join(grids, x, y)
    ours = runs["ours"]()
    for name, run in runs.items():
        n_different = int((run() != ours).sum())
        if n_different:
            raise SystemExit(f"{name} differs from ours on {n_different} of {n_points} points")
    print_load()
    print(
        f"{n_points:,} points, {len(grids):,} grids of {shapely.get_num_coordinates(grids[0])} vertices, answers equal"
    )
    seconds = interleave(runs, rounds)
    for name, spent in seconds.items():
        print(f"{name}: {spent:.3f} s, {n_points / spent / 1e6:.2f} M points/s")
    speed = n_points / seconds["ours"] / 1e6
    for name in list(seconds)[1:]:
        print_ratio("join", speed, name, seconds[name] / seconds["ours"], 1.0, "Mpoints/s")


def geopandas_join(grids: np.ndarray, x: np.ndarray, y: np.ndarray) -> Callable[[], np.ndarray]:
    frame = gpd.GeoDataFrame({"position": np.arange(len(grids))}, geometry=grids, crs=CRS)

    def run() -> np.ndarray:
        points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y, crs=CRS))
        joined = gpd.sjoin(points, frame, predicate="intersects", how="inner")
        return lowest(joined.index.to_numpy(), joined["position"].to_numpy(), len(x))

    return run


def duckdb_join(grids: np.ndarray, x: np.ndarray, y: np.ndarray) -> Callable[[], np.ndarray]:
    folder = Path(duckdb_extension_spatial.__file__).parent / "extensions" / f"v{duckdb.__version__}"
    link = duckdb.connect()
    link.execute(f"LOAD '{folder / 'spatial.duckdb_extension'}'")
    shapes = pd.DataFrame({"position": np.arange(len(grids)), "wkb": shapely.to_wkb(grids)})
    points = pd.DataFrame({"id": np.arange(len(x)), "x": x, "y": y})
    link.register("shapes_in", shapes)
    link.register("points_in", points)
    link.execute("CREATE TABLE grids AS SELECT position, ST_GeomFromWKB(wkb) AS geom FROM shapes_in")
    link.execute("CREATE TABLE points AS SELECT id, ST_Point(x, y) AS geom FROM points_in")
    ask = "SELECT p.id, g.position FROM points p JOIN grids g ON ST_Intersects(g.geom, p.geom)"

    def run() -> np.ndarray:
        found = link.execute(ask).fetchnumpy()
        return lowest(found["id"], found["position"], len(x))

    return run


def sedona_join(grids: np.ndarray, x: np.ndarray, y: np.ndarray) -> Callable[[], np.ndarray]:
    link = sedonadb.connect()
    shapes = gpd.GeoDataFrame({"position": np.arange(len(grids))}, geometry=grids, crs=CRS)
    points = gpd.GeoDataFrame({"id": np.arange(len(x))}, geometry=gpd.points_from_xy(x, y, crs=CRS))
    link.create_data_frame(shapes).to_view("grids", overwrite=True)
    link.create_data_frame(points).to_view("points", overwrite=True)
    ask = "SELECT p.id, g.position FROM points p JOIN grids g ON ST_Intersects(g.geometry, p.geometry)"

    def run() -> np.ndarray:
        found = link.sql(ask).to_pandas()
        return lowest(found["id"].to_numpy(), found["position"].to_numpy(), len(x))

    return run


def lowest(point: np.ndarray, position: np.ndarray, n: int) -> np.ndarray:
    """The lowest position per point, -1 where there is none: the tie rule, as codes stand in code order."""
    found = np.full(n, len(position) + 10**9, dtype=np.int64)
    np.minimum.at(found, point, position)
    return np.where(found >= 10**9, -1, found).astype(np.int32)


if __name__ == "__main__":
    main()
