"""Point -> grid: our join against geopandas, DuckDB spatial and SedonaDB on the same points and the same grids.

Every engine must first give the same answer: the lowest code among the grids that a point intersects. Peers get a tenth
of our points (with --quick a twentieth); speeds are points per second. Our index is made beforehand, as a snapshot
keeps it (its making is printed), in the CRS of the grids (what a change of CRS costs is printed, too); peers make
theirs in each run. The goals are those of the design: 100 times geopandas, 40 times the faster of the other two.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import duckdb
import duckdb_extension_spatial
import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from harness import PREPARED, interleave, parse_flags, peak, print_load, print_ratio, reset_peak, winding_grids

from geo.crs import transform_xy
from geo.partition.index import PartitionIndex

try:
    import sedonadb
except ImportError as error:
    sedonadb = None
    print(f"SKIP sedonadb: {error}")

CRS = "EPSG:32649"
DEMO = Path(__file__).resolve().parent.parent / "data" / "boundaries" / "grid.parquet"
N_POINTS, N_STREAMED = 10_000_000, 100_000_000
BATCH = 1 << 20

World = Callable[[int], tuple[np.ndarray, np.ndarray, np.ndarray]]


def main() -> None:
    flags = parse_flags(__doc__)
    print_load()
    worlds = WORLDS if not flags.quick else {name: WORLDS[name] for name in ("winding", "demo, clustered")}
    for name, make in worlds.items():
        grids, x, y = make(N_POINTS)
        compare(name, grids, x, y, flags.quick)
    stream(N_POINTS if flags.quick else N_STREAMED)
    change_crs()
    by_number_of_polygons((5_000, 50_000) if flags.quick else (5_000, 50_000, 500_000))


def uniform(grids: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Points all over the grids and 2 % beyond."""
    west, south, east, north = shapely.total_bounds(grids)
    more = 0.02 * max(east - west, north - south)
    rng = np.random.default_rng(2)
    return rng.uniform(west - more, east + more, n), rng.uniform(south - more, north + more, n)


def clustered(grids: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Two thirds of the points around 500 corners of grids (most where corners are dense); the rest uniform."""
    x, y = uniform(grids, n)
    rng = np.random.default_rng(3)
    corners = shapely.get_coordinates(grids)
    centres = corners[rng.integers(0, len(corners), 500)]
    west, _, east, _ = shapely.total_bounds(grids)
    chosen = rng.random(n) < 2 / 3
    around = centres[rng.integers(0, len(centres), int(chosen.sum()))]
    x[chosen], y[chosen] = (around + rng.normal(0, (east - west) / 100, around.shape)).T
    return x, y


def demo_grids() -> np.ndarray:
    """The 5,382 grids of the demo: about a hectare in town, square kilometres in the hills; degrees."""
    return np.array(gpd.read_parquet(DEMO).geometry, dtype=object)


def _world(
    grids: Callable[[], np.ndarray], spread: Callable[[np.ndarray, int], tuple[np.ndarray, np.ndarray]]
) -> World:
    def make(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        made = grids()
        return made, *spread(made, n)

    return make


WORLDS: dict[str, World] = {
    "winding": _world(lambda: winding_grids(5382), uniform),
    "winding, clustered": _world(lambda: winding_grids(5382), clustered),
    "straight": _world(lambda: winding_grids(5382, vertices=2, winding=0.0), uniform),
    "demo": _world(demo_grids, uniform),
    "demo, clustered": _world(demo_grids, clustered),
}


def compare(name: str, grids: np.ndarray, x: np.ndarray, y: np.ndarray, quick: bool) -> None:
    """One set of grids and points: answers equal first, then speeds."""
    codes = [f"g{number:06d}" for number in range(len(grids))]
    PartitionIndex.build(grids[:2], codes[:2]).assign(x[:10], y[:10])
    before = reset_peak()
    start = perf_counter()
    index = PartitionIndex.build(grids, codes)
    built_s = perf_counter() - start
    found = index.assign(x, y)
    above = peak() - before
    n_edges = int(shapely.get_num_coordinates(grids).mean()) - 1
    print(
        f"{name}: {len(x):,} points, {len(grids):,} grids of {n_edges} edges; index built in {built_s:.2f} s, "
        f"{index.nbytes / 1e6:.0f} MB; peak {above / 1e6:.0f} MB above the input"
    )
    print_ratio(f"join memory, {name}", above / 1e6, "1000 MB", above / 1e6, 1000, "MB", at_least=False)
    every = slice(None) if not quick else slice(None, None, 25)
    n_different = int((geos_join(grids, x[every], y[every]) != found[every]).sum())
    print(f"{name}: {n_different} of {len(x[every]):,} answers differ from GEOS")
    if n_different:
        raise SystemExit(1)
    share = 20 if quick else 10
    part = slice(0, len(x) // share)
    peers = peer_runs(grids, x[part], y[part])
    for peer, run in peers.items():
        n_different = int((run() != found[part]).sum())
        if n_different:
            raise SystemExit(f"{peer} differs from ours on {n_different} of {len(x[part])} points")
    seconds = interleave({"ours": lambda: index.assign(x, y)} | peers, 1 if quick else 3, warm=True)
    speed = {who: len(x) / spent / (1 if who == "ours" else share) for who, spent in seconds.items()}
    for who, points_per_s in speed.items():
        print(f"{name}: {who} {points_per_s / 1e6:.2f} M points/s")
    print_ratio(f"join, {name}", speed["ours"] / 1e6, "geopandas", speed["ours"] / speed["geopandas"], 100, "Mpoints/s")
    fastest = max((who for who in speed if who not in ("ours", "geopandas")), key=speed.__getitem__)
    print_ratio(f"join, {name}", speed["ours"] / 1e6, fastest, speed["ours"] / speed[fastest], 40, "Mpoints/s")


def geos_join(grids: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The answers of GEOS by prepared polygons, in parts that fit into memory."""
    shapely.prepare(grids)
    found = []
    for start in range(0, len(x), BATCH):
        points = shapely.points(x[start : start + BATCH], y[start : start + BATCH])
        grid, point = shapely.STRtree(points).query(grids, predicate="intersects")
        found.append(lowest(point, grid, len(points)))
    return np.concatenate(found)


def stream(n: int) -> None:
    """Points streamed from an uncompressed Parquet file against the same number of points from memory."""
    grids = winding_grids(5382)
    index = PartitionIndex.build(grids, [f"g{number:06d}" for number in range(len(grids))])
    x, y = uniform(grids, N_POINTS)
    in_memory = interleave({"m": lambda x=x, y=y: index.assign(x, y)}, 5)["m"] / N_POINTS
    file = PREPARED / f"points-{n}.parquet"
    if not file.exists():
        PREPARED.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(file, pa.schema([("x", pa.float64()), ("y", pa.float64())]), compression="none") as out:
            for _ in range(n // N_POINTS):
                out.write_table(pa.table({"x": x, "y": y}), row_group_size=BATCH)
    del x, y
    before = reset_peak()
    halves: list[int] = []
    decoding = joining = 0.0
    n_done = n_inside = 0
    start = perf_counter()
    for xs, ys in batches(file):
        decoding += perf_counter() - start
        start = perf_counter()
        found = index.assign(xs, ys)
        joining += perf_counter() - start
        n_inside += int((found >= 0).sum())
        n_done += len(xs)
        if n_done >= n // 2 and not halves:
            halves.append(peak() - before)
        start = perf_counter()
    halves.append(peak() - before)
    print(
        f"streamed {n_done:,} points ({n_inside:,} inside): decoding {decoding:.2f} s, joining {joining:.2f} s; "
        f"peak {halves[0] / 1e6:.0f} MB after half, {halves[1] / 1e6:.0f} MB after all"
    )
    per_point = joining / n_done
    print_ratio("join streamed", per_point * 1e9, "in memory", per_point / in_memory, 1.2, "ns/point", at_least=False)


def batches(file: Path) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """x and y of each batch of a Parquet file."""
    with pq.ParquetFile(file, pre_buffer=False) as source:
        for batch in source.iter_batches(BATCH):
            yield batch.column("x").to_numpy(), batch.column("y").to_numpy()


def change_crs() -> None:
    """What it costs to bring points into the CRS of the grids, which the join needs first where it is another."""
    lon, lat = np.random.default_rng(4).uniform([109, 27], [111, 30], (N_POINTS // 10, 2)).T
    spent = interleave({"t": lambda: transform_xy(lon, lat, "EPSG:4326", CRS)}, 3)["t"]
    print(f"from EPSG:4326 to {CRS}: {spent / len(lon) * 1e9:.0f} ns/point, before the join")


def by_number_of_polygons(numbers: tuple[int, ...]) -> None:
    """What a point costs as polygons become many."""
    for number in numbers:
        grids = winding_grids(number, vertices=12)
        x, y = uniform(grids, N_POINTS // 5)
        start = perf_counter()
        index = PartitionIndex.build(grids, [f"g{n:06d}" for n in range(len(grids))])
        built_s = perf_counter() - start
        spent = interleave({"ours": lambda index=index, x=x, y=y: index.assign(x, y)}, 3)["ours"]
        print(
            f"{len(grids):,} polygons: index built in {built_s:.2f} s, {index.nbytes / 1e6:.0f} MB; "
            f"{spent / len(x) * 1e9:.0f} ns/point, {len(x) / spent / 1e6:.1f} M points/s"
        )


def peer_runs(grids: np.ndarray, x: np.ndarray, y: np.ndarray) -> dict[str, Callable[[], np.ndarray]]:
    """A run of each peer over the same grids and points."""
    runs = {"geopandas": geopandas_join(grids, x, y), "duckdb": duckdb_join(grids, x, y)}
    if sedonadb is not None:
        runs["sedonadb"] = sedona_join(grids, x, y)
    return runs


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
